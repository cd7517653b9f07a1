/** A matrix in 8 bits, with a scale for each row that turns it back: value × scale. */
export interface Quantised {
  values: Int8Array;
  scales: Float32Array;
}

/** Largest 8-bit value; −128 is left out, so that both signs reach equally far. */
const LIMIT = 127;

/** Rounds a matrix of `rows` rows to 8 bits, each row by its own largest value. */
export function quantiseRows(data: Float32Array, rows: number): Quantised {
  const width = data.length / rows;
  const values = new Int8Array(data.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const end = (row + 1) * width;
    let largest = 0;
    for (let i = row * width; i < end; i++) largest = Math.max(largest, Math.abs(data[i]));
    scales[row] = largest / LIMIT;
    if (largest === 0) continue;
    for (let i = row * width; i < end; i++) values[i] = Math.round((data[i] / largest) * LIMIT);
  }
  return { values, scales };
}
