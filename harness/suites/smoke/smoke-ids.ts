/** The requirements that smoke proves: the common ground of every verb. */
export const smokeIds: ReadonlySet<string> = new Set([
  ...["PRO-01", "PRO-02", "PRO-03", "PRO-04", "PRO-07", "PRO-08", "PRO-10", "PRO-13", "PRO-14"],
  ...["PRO-15", "PRO-18", "PRO-19", "PRO-20", "PRO-21", "PRO-23", "ERR-01", "ERR-02", "ERR-04"],
  ...["ERR-05", "VER-01", "VER-02", "VER-03", "ADD-01", "ADD-02", "ADD-03", "ADD-05", "ADD-06"],
  ...["ADD-07", "ADD-10", "RES-01", "RES-02", "RES-03", "RES-04", "RES-05", "RES-08", "RES-10"],
  ...["RES-11", "RES-14", "RES-17", "DEL-01", "DEL-02", "DEL-04", "DEL-06", "DEL-08", "DEL-09"],
  ...["DEL-13", "DEL-14", "CHK-01", "CHK-04", "CHK-05", "CHK-12", "CHK-13", "CHK-16", "STA-01"],
  ...["STA-12", "GC-01", "GC-03", "GC-04", "GC-05", "GC-06", "GC-07", "GC-13", "LIF-01"],
]);
