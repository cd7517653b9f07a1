import fc from "fast-check";

/** 2,000 cases, the same ones each time; one that fails is shrunk to the smallest that does. */
export function check(property: fc.IRawProperty<unknown>): void {
  fc.assert(property as fc.IProperty<unknown>, cases);
}

export async function checkAsync(property: fc.IRawProperty<unknown>): Promise<void> {
  await fc.assert(property as fc.IAsyncProperty<unknown>, cases);
}

const cases = { numRuns: 2000, seed: 20 } as const;
