/** Checks that no defect of the tiny plugin can trip yet, each with the reason; the list may only shrink. */
export const unkilled: Readonly<Record<string, string>> = {
  "CFG-07": "tiny takes no device",
  "CFG-10": "tiny shapes no traffic",
  "CHK-09": "tiny has nothing on a DPU",
  "CHK-10": "tiny has nothing on a DPU",
  "GC-10": "tiny takes no link of the host that could be kept from coming home",
  "RES-12": "tiny speaks no version before 0.3.1",
  "RES-13": "tiny speaks no version before 0.3.1",
};
