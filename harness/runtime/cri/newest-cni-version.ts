/** The newest version of the specification that the installed containerd speaks: it refuses results of a newer one. */
import type { Place } from "../../core/backend.ts";

/** containerd 2.0 came with libcni 1.2, the first that knows 1.1.0. */
export async function newestCniVersion(place: Place): Promise<string> {
  const { stdout } = await place.exec(["containerd", "--version"]);
  const major = Number(/\s[vV]?(\d+)\.\d+/.exec(stdout)?.[1] ?? "1");
  return major >= 2 ? "1.1.0" : "1.0.0";
}
