import { InputError } from "../common/index";

/**
 * The mean of some values, such as one metric over several seeds.
 * @throws InputError when there is none
 */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new InputError("no values to take the mean of; give some");
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Mean and range in words: `0.712 (0.705 to 0.720)`; a single value alone: `0.712`.
 * @param digits after the point
 * @throws InputError when there is none
 */
export function describeSpread(values: readonly number[], digits: number = 3): string {
  // Through a number once more, as -0.0001 would be written as -0.000.
  const write = (value: number): string => (Number(value.toFixed(digits)) + 0).toFixed(digits);
  const middle = write(mean(values));
  if (values.length === 1) return middle;
  return `${middle} (${write(Math.min(...values))} to ${write(Math.max(...values))})`;
}

/**
 * A line of means for `showPlot` of `mrl/notebook`, with the range of each as a bar where there are several values.
 * @param x      position of each point
 * @param values the values at each point, such as one a seed
 */
export function drawSpread(
  name: string,
  x: readonly (string | number)[],
  values: readonly (readonly number[])[],
): object {
  const y = values.map(mean);
  return {
    ...{ name, x, y, type: "scatter", mode: "lines+markers" },
    error_y: {
      ...{ type: "data", symmetric: false, visible: values.some((at) => at.length > 1) },
      array: values.map((at, i) => Math.max(...at) - y[i]),
      arrayminus: values.map((at, i) => y[i] - Math.min(...at)),
    },
  };
}
