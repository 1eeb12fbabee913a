/** The programs of the product that are TypeScript: name → where each starts, relative to the root. */
export const programs = {
  "cni-offload-host": "impl/host/main.ts",
  "cni-offload-agent": "impl/dpu/main.ts",
};
