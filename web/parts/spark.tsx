import type { Values } from './plot-words.ts';
import { sparkBox, sparkIndex, sparkPaths } from './spark-path.ts';
import './plot.css';

type Props = {
  values: Values;
  tone?: 'plain' | 'bad';
  /** The value that somebody points at, here or in a plot beside it. */
  index?: number | undefined;
  onPoint?: (index: number | undefined) => void;
};

const { width, height } = sparkBox;

/** A plot as small as a word, without scales; whoever shows it says what it is. */
export function Spark({ values, tone = 'plain', index, onPoint }: Props) {
  const { line, area } = sparkPaths(values);
  const x = index === undefined ? 0 : (width * index) / Math.max(1, values.length - 1);
  return (
    <svg
      class={`spark ${tone}`}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      onPointerMove={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        onPoint?.(sparkIndex((event.clientX - box.left) / box.width, values.length));
      }}
      onPointerLeave={() => onPoint?.(undefined)}
    >
      <path class="ground" d={`M0 ${height}H${width}`} vector-effect="non-scaling-stroke" />
      <path class="fill" d={area} />
      <path class="stroke" d={line} vector-effect="non-scaling-stroke" />
      {index !== undefined && (
        <path class="cursor" d={`M${x} 0V${height}`} vector-effect="non-scaling-stroke" />
      )}
    </svg>
  );
}
