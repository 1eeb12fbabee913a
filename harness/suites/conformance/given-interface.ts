/** Requirements about making an interface: they say nothing of a plugin that sets up one that every pod has, as loopback does. */

/** by id; each asks for an interface of another name, for two in one pod, or for one that is not there yet */
export const aboutMaking: ReadonlySet<string> = new Set([
  "PRO-15",
  "ADD-01",
  "ADD-03",
  "ADD-04",
  "ADD-08",
  "ADD-10",
  "RES-05",
  "DEL-03",
  "DEL-13",
  "LIF-01",
  "LIF-02",
  "LIF-04",
]);
