/** Where the smaller side is longer, the estimate is not cheap. */
const mostUnits = 64;

/**
 * Largest by smallest singular value of a kernel seen as a matrix of its units: values [I x U] by rows, U the last axis. Infinity for one whose units depend on each other, undefined where
 * the smaller side is longer than 64 or there is one unit only.
 *
 * Source: eigenvalues of the smaller Gram matrix by Jacobi's rotations (Golub and Van Loan, Matrix Computations, 8.5), in double precision; conditions above some 10⁷ are not told from Infinity.
 */
export function conditionOf(values: ArrayLike<number>, units: number): number | undefined {
  const inputs = values.length / units;
  const side = Math.min(inputs, units);
  if (side < 2 || side > mostUnits) return undefined;
  const at = units <= inputs ? (i: number, k: number) => values[k * units + i]! : (i: number, k: number) => values[i * units + k]!;
  const length = Math.max(inputs, units);
  const gram = Array.from({ length: side }, (_, i) =>
    Float64Array.from({ length: side }, (_, j) => {
      let sum = 0;
      for (let k = 0; k < length; k++) sum += at(i, k) * at(j, k);
      return sum;
    }),
  );
  const eigenvalues = jacobi(gram);
  const [most, least] = [Math.max(0, eigenvalues.at(-1)!), Math.max(0, eigenvalues[0]!)];
  return least <= most * 1e-14 ? Infinity : Math.sqrt(most / least);
}

/** Eigenvalues of a symmetric matrix, rising; the matrix is spent. */
function jacobi(matrix: Float64Array[]): Float64Array {
  const side = matrix.length;
  for (let sweep = 0; sweep < 30; sweep++) {
    let [off, on] = [0, 0];
    for (let p = 0; p < side; p++) for (let q = 0; q < side; q++) p === q ? (on += matrix[p]![q]! ** 2) : (off += matrix[p]![q]! ** 2);
    if (off <= 1e-30 * on) break;
    for (let p = 0; p < side; p++) for (let q = p + 1; q < side; q++) rotate(matrix, p, q);
  }
  return Float64Array.from(matrix, (row, i) => row[i]!).sort();
}

function rotate(matrix: Float64Array[], p: number, q: number): void {
  const across = matrix[p]![q]!;
  if (across === 0) return;
  const theta = (matrix[q]![q]! - matrix[p]![p]!) / (2 * across);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < matrix.length; k++) {
    const [a, b] = [matrix[k]![p]!, matrix[k]![q]!];
    matrix[k]![p] = c * a - s * b;
    matrix[k]![q] = s * a + c * b;
  }
  for (let k = 0; k < matrix.length; k++) {
    const [a, b] = [matrix[p]![k]!, matrix[q]![k]!];
    matrix[p]![k] = c * a - s * b;
    matrix[q]![k] = s * a + c * b;
  }
}
