import type { QuestionRow } from "../common/index";
import type { DropReason, FilteredQuestions } from "./filter-questions";

/** What `filter-report.json` holds: enough to see why each row went, and to undo the filter. */
export interface FilterReport {
  embedder: string;
  minQuestionPassage: number;
  maxQuestionQuestion: number;
  /** Rows before the filter, and how many were kept and dropped. */
  rows: number;
  kept: number;
  dropped: Record<DropReason, number>;
  /** The dropped rows, whole. */
  droppedRows: (QuestionRow & { reason: DropReason; value: number; repeats?: string })[];
}

/** The filter's result as a report. */
export function reportFilter(
  { kept, dropped }: FilteredQuestions,
  used: { embedder: string; minQuestionPassage: number; maxQuestionQuestion: number },
): FilterReport {
  const count = (reason: DropReason): number =>
    dropped.filter((drop) => drop.reason === reason).length;
  return {
    ...used,
    rows: kept.length + dropped.length,
    kept: kept.length,
    dropped: {
      "question far from its passage": count("question far from its passage"),
      "question repeats one kept before": count("question repeats one kept before"),
    },
    droppedRows: dropped.map(({ row, ...why }) => ({ ...row, ...why })),
  };
}
