/** Checks that take longer than 100 ms on the correct plugin, alone on two cores: most of the time of a full kill matrix. */
const ids = [
  "ADD-02 ADD-04 ADD-07 ADD-08 ADD-09 ADD-10 ADD-12 ADD-13 ADD-16",
  "CFG-01 CFG-02 CFG-03 CFG-04 CFG-08 CFG-09 CFG-10 CFG-11 CFG-12 CFG-13 CFG-14 CFG-15",
  "CHK-01 CHK-02 CHK-03 CHK-04 CHK-05 CHK-06 CHK-07 CHK-08 CHK-14 CHK-15 CHK-17",
  "CHN-03 CHN-06 CHN-08 CHN-09",
  "DEL-01 DEL-03 DEL-05 DEL-08 DEL-09 DEL-10 DEL-12 DEL-13 DEL-14 DEL-15 DEL-16 DEL-17 DEL-18 DEL-20",
  "DLG-05 DLG-10 DLG-11",
  "ERR-06 ERR-11",
  "GC-01 GC-02 GC-03 GC-04 GC-05 GC-06 GC-07 GC-08 GC-09 GC-10 GC-14 GC-15",
  "LIF-01 LIF-02 LIF-03 LIF-04 LIF-05 LIF-06",
  "PRO-05 PRO-06 PRO-14 PRO-15 PRO-16 PRO-17 PRO-21 PRO-23 PRO-24",
  "RES-05 RES-06 RES-18",
  "STA-04 STA-06 STA-07 STA-11",
  "VER-04",
];

export const slowChecks: ReadonlySet<string> = new Set(ids.flatMap((line) => line.split(" ")));
