/** Distance from which all positions share the last bucket (MPNet's, after T5). */
const MAX_DISTANCE = 128;

/**
 * Bucket of each pair of positions (Raffel et al. 2020, section 2.1): half of the buckets for each
 * direction, of these half for single distances and half for logarithmically growing ranges.
 * @returns [T · T], row: the position that attends
 */
export function relativeBuckets(T: number, buckets: number): Int32Array {
  const half = buckets / 2;
  const exact = half / 2;
  const bucketOf = (distance: number): number => {
    if (distance < exact) return distance;
    // In float32 and in this order, so that borders fall where PyTorch's do.
    const ratio = Math.fround(
      Math.fround(Math.log(Math.fround(distance / exact))) / Math.log(MAX_DISTANCE / exact),
    );
    return Math.min(exact + Math.floor(Math.fround(ratio * (half - exact))), half - 1);
  };
  const result = new Int32Array(T * T);
  for (let query = 0; query < T; query++) {
    for (let key = 0; key < T; key++) {
      const side = key > query ? half : 0;
      result[query * T + key] = side + bucketOf(Math.abs(key - query));
    }
  }
  return result;
}
