/** Distance from which all positions share the last bucket (MPNet's, after T5). */
const MAX_DISTANCE = 128;

/**
 * Bucket of each distance of a key from its query, −(T − 1) … T − 1 (Raffel et al. 2020, section 2.1): half of the
 * buckets for each direction, of these half for single distances and half for logarithmically growing ranges.
 * @returns [2T − 1]
 */
export function distanceBuckets(T: number, buckets: number): Int32Array {
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
  return Int32Array.from({ length: 2 * T - 1 }, (_, i) => {
    const distance = i - (T - 1);
    return (distance > 0 ? half : 0) + bucketOf(Math.abs(distance));
  });
}
