import * as path from "node:path";

/** One output as a tslab kernel gets it. */
export interface Output {
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
  transient: { display_id?: string };
  update: boolean;
}

const kernelModule = path.join(path.sep, "kernel", "tslab", "dist", "jupyter.js");

/** Runs `work` as in a cell of a kernel that keeps the outputs it gets instead of sending them. */
export async function inKernel(work: () => void | Promise<void>): Promise<Output[]> {
  const outputs: Output[] = [];
  const lastWriteDisplayData = (output: Omit<Output, "update">, update: boolean): void => {
    outputs.push({ ...output, update });
  };
  require.cache[kernelModule] = { exports: { lastWriteDisplayData } } as NodeJS.Module;
  try {
    await work();
  } finally {
    delete require.cache[kernelModule];
  }
  return outputs;
}
