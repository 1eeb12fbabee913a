/** Attributes of a route are unsigned integers and the kernel's. */
import { z } from "zod";
import type { Place } from "../../../../core/backend.ts";
import { networkOf } from "../../../../spec/cidr.ts";
import type { Judge } from "../../judge.ts";
import { lookAtResults } from "../../look-at-results.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const attributes = ["mtu", "advmss", "priority", "table", "scope"] as const;

/** numbers as `ip -N` prints them */
const number = z.coerce.number();
const metrics = z.looseObject({ mtu: number.optional(), advmss: number.optional() });
const routeList = z.array(
  z
    .looseObject({
      dst: z.string(),
      metric: number.default(0),
      table: number.default(254),
      scope: number.default(0),
      metrics: z.array(metrics).default([]),
    })
    .transform(({ dst, metric, table, scope, metrics: [first] }) => ({
      dst,
      priority: metric,
      table,
      scope,
      mtu: first?.mtu,
      advmss: first?.advmss,
    })),
);

export const res16: RequirementCheck = {
  id: "RES-16",
  level: "MUST",
  section: "5 ADD Success",
  title: "attributes of a route are unsigned integers and the kernel's",
  since: "1.1.0",
  async run(subject: Subject, t: Judge) {
    await lookAtResults(subject, t, {
      rule: "RES-16",
      from: "1.1.0",
      async look({ version }) {
        const { result, pod } = await subject.sample(version);
        const told = result.routes.filter((route) => attributes.some((name) => name in route));
        if (told.length === 0) return;
        const kernel = await kernelRoutes(pod.place);
        for (const route of told) {
          const same = kernel.filter(({ dst }) => dst === networkOf(route.dst));
          for (const name of attributes.filter((each) => route[each] !== undefined)) {
            const values = same.map((one) => one[name]);
            t.must(
              values.includes(route[name]),
              `${name} of route ${route.dst} should be the kernel's ${values.join(" or ")}, it is ${route[name]}`,
            );
          }
        }
      },
    });
  },
};

async function kernelRoutes(place: Place) {
  const lists = await Promise.all(
    (["-4", "-6"] as const).map(async (family) => {
      const { stdout } = await place.exec([
        "ip",
        "-N",
        "-j",
        "-d",
        family,
        "route",
        "show",
        "table",
        "all",
      ]);
      const everywhere = family === "-4" ? "0.0.0.0" : "::";
      const host = family === "-4" ? 32 : 128;
      return routeList.parse(JSON.parse(stdout || "[]")).map((route) => {
        const dst = route.dst === "default" ? `${everywhere}/0` : route.dst;
        return { ...route, dst: networkOf(dst.includes("/") ? dst : `${dst}/${host}`) };
      });
    }),
  );
  return lists.flat();
}
