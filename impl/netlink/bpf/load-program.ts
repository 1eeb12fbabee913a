/** Loads a BPF program for tc by the system call bpf(2); Node has none, and no library is needed. */
import { arch } from "node:os";
import koffi, { type KoffiFunc } from "koffi";

const libc = koffi.load(null);

/** linux/bpf.h `union bpf_attr`, as far as BPF_PROG_LOAD reads it */
koffi.struct("cni_offload_bpf_load", {
  type: "uint32",
  instructionCount: "uint32",
  instructions: "void *",
  license: "str",
  logLevel: "uint32",
  logSize: "uint32",
  log: "void *",
  kernelVersion: "uint32",
  flags: "uint32",
});
const attributesLength = 48;

interface LoadAttributes {
  readonly type: number;
  readonly instructionCount: number;
  readonly instructions: Uint8Array;
  readonly license: string;
  readonly logLevel: number;
  readonly logSize: number;
  readonly log: Uint8Array | null;
  readonly kernelVersion: number;
  readonly flags: number;
}

/** bpf(2) has no function in the C library */
const syscall = libc.func(
  "long syscall(long, int, cni_offload_bpf_load *, unsigned int)",
) as KoffiFunc<
  (number: number, command: number, attributes: LoadAttributes, length: number) => number
>;

/** BPF_PROG_TYPE_SCHED_CLS, BPF_PROG_TYPE_XDP */
export const programTypes = { schedCls: 3, xdp: 6 } as const;

const syscallOfBytes = libc.func("long syscall(long, int, void *, unsigned int)") as KoffiFunc<
  (number: number, command: number, attributes: Uint8Array, length: number) => number
>;

const bpfNumber: Readonly<Partial<Record<string, number>>> = { x64: 321, arm64: 280 };
const mapCreate = 0;
const progLoad = 5;
/** BPF_MAP_TYPE_ARRAY, whose keys have four bytes */
const arrayMap = 2;
const keyLength = 4;
const enosys = 38;

/** A descriptor of the program, to be closed; or minus the error number: EPERM without CAP_BPF in the first user namespace. */
export function loadProgram(
  instructions: Buffer,
  instructionLength: number,
  type: number = programTypes.schedCls,
): number {
  const number = bpfNumber[arch()];
  if (number === undefined) return -enosys;
  const attributes = {
    type,
    instructionCount: instructions.length / instructionLength,
    instructions,
    // The functions that are called ask for no particular one (bpf_ktime_get_ns does not since Linux 5.8).
    license: "Apache-2.0",
    ...{ logLevel: 0, logSize: 0, log: null, kernelVersion: 0, flags: 0 },
  };
  const fd = syscall(number, progLoad, attributes, attributesLength);
  return fd < 0 ? -koffi.errno() : fd;
}

/** A descriptor of a map of one element, all zero, to be closed when a program has taken it; or minus the error number. */
export function createMap(valueLength: number): number {
  const number = bpfNumber[arch()];
  if (number === undefined) return -enosys;
  const attributes = Buffer.alloc(attributesLength);
  for (const [i, value] of [arrayMap, keyLength, valueLength, 1].entries()) {
    attributes.writeUInt32LE(value, 4 * i);
  }
  const fd = syscallOfBytes(number, mapCreate, attributes, attributesLength);
  return fd < 0 ? -koffi.errno() : fd;
}
