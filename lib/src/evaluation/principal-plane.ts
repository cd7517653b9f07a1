import { InputError, createRandom } from "../common/index";

/** Points of a plane. */
export interface Plane {
  /** For each set of vectors, a point a vector. */
  points: [x: number, y: number][][];
  /** Share (0..1) of the sets' variance along the x axis and along the y axis. */
  shares: [x: number, y: number];
}

/** Enough for two directions whose variances differ by a few percent. */
const iterations = 200;

/**
 * Projects vectors onto the plane in which they differ most: principal component analysis, two components.
 * Several sets share one plane, so that they can be laid side by side; each set is centred on its own mean, so
 * that the plane shows how a set is spread and not how far two sets lie apart.
 *
 * The two directions are the eigenvectors of the covariance, found by orthogonal iteration (Golub & Van Loan,
 * Matrix Computations, section 7.3.2) from a seeded start.
 * @param sets vectors of one length, at least one set
 * @throws InputError when there is no vector
 */
export function projectToPlane(sets: readonly (readonly Float32Array[])[]): Plane {
  if (!sets.some((set) => set.length > 0))
    throw new InputError("there is no vector to project; give at least one");
  const centred = sets.map(centre);
  const rows = centred.flat();
  const [x, y] = findDirections(rows);
  const points = centred.map((set) =>
    set.map((row): [number, number] => [dot(row, x), dot(row, y)]),
  );
  const total = rows.reduce((sum, row) => sum + dot(row, row), 0);
  const shareOf = (axis: 0 | 1): number =>
    total === 0 ? 0 : points.flat().reduce((sum, point) => sum + point[axis] ** 2, 0) / total;
  return { points, shares: [shareOf(0), shareOf(1)] };
}

function centre(vectors: readonly Float32Array[]): Float64Array[] {
  const mean = new Float64Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) vector.forEach((value, i) => (mean[i] += value / vectors.length));
  return vectors.map((vector) => mean.map((value, i) => vector[i] - value));
}

/** The two orthonormal directions of largest variance, without forming the covariance matrix. */
function findDirections(rows: readonly Float64Array[]): [Float64Array, Float64Array] {
  const random = createRandom(1);
  const start = (): Float64Array => rows[0].map(() => random.next() - 0.5);
  let [x, y] = orthonormalise(start(), start());
  for (let i = 0; i < iterations; i++) {
    [x, y] = orthonormalise(multiply(rows, x), multiply(rows, y));
  }
  return [x, y];
}

/** Covariance times a direction, up to a factor: the sum of row · (row · direction). */
function multiply(rows: readonly Float64Array[], direction: Float64Array): Float64Array {
  const product = new Float64Array(direction.length);
  for (const row of rows) {
    const along = dot(row, direction);
    for (let i = 0; i < row.length; i++) product[i] += along * row[i];
  }
  return product;
}

function orthonormalise(x: Float64Array, y: Float64Array): [Float64Array, Float64Array] {
  const first = normalise(x);
  const along = dot(first, y);
  return [first, normalise(y.map((value, i) => value - along * first[i]))];
}

/** Length 1; a direction without any variance stays zero. */
function normalise(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  return length < 1e-150 ? vector.map(() => 0) : vector.map((value) => value / length);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
