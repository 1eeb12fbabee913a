/** The personalities by name. */
import type { Personality, PersonalityName } from "../personality.ts";
import { containerd } from "./containerd.ts";
import { crio } from "./crio.ts";
import { multus } from "./multus.ts";
import { text } from "./text.ts";

const personalities: Readonly<Record<PersonalityName, Personality>> = {
  text,
  containerd,
  crio,
  multus,
};

export function personalityOf(name: PersonalityName): Personality {
  return personalities[name];
}
