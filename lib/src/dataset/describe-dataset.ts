import type { Settings } from "../common/index";
import { sampleSiteUrl } from "../corpus/index";
import { type QuestionRecord, recordedModel } from "../questions/index";
import type { CardInfo } from "./dataset-card";

/**
 * The card's words for a run of the notebooks.
 * @param settings the run's settings; without a start URL, or below the sample's, the site is the sample
 * @param records the lines of `questions.jsonl`: they say which model answered
 */
export function describeDataset(
  settings: Settings,
  records: readonly Pick<QuestionRecord, "answeredBy">[],
): CardInfo {
  const { site, filter, splitRows, model } = settings;
  const isSample = site.startUrl === "" || site.startUrl.startsWith(sampleSiteUrl);
  const embedder = filter.embedder === "base" ? model.base : filter.embedder;
  return {
    title: isSample ? "Weft documentation questions" : `${new URL(site.startUrl).host} questions`,
    source: isSample
      ? "the documentation of Weft, a fictional product whose pages were written for this project"
      : `the documentation at ${site.startUrl}`,
    licence: isSample ? "apache-2.0" : "other",
    provenance: describeWriters([...new Set(records.map((record) => record.answeredBy))].sort()),
    preparation:
      `Rows were dropped when the cosine of question and passage by ${embedder} is below ` +
      `${filter.minQuestionPassage}, or when the question's cosine with one kept before on the same passage is ` +
      `${filter.maxQuestionQuestion} or above. Pages were split at random with seed ${splitRows.seed}.`,
  };
}

function describeWriters(models: string[]): string {
  const recorded =
    "The questions are recorded answers: a language model wrote them once, they were kept with the " +
    `project and replayed (label: \`${recordedModel}\`).`;
  const others = models.filter((name) => name !== recordedModel).map((name) => `\`${name}\``);
  const written = `The questions were written by ${others.join(", ")}, each about one passage alone.`;
  const sentences = [
    ...(models.includes(recordedModel) ? [recorded] : []),
    ...(others.length > 0 ? [written] : []),
    "No person has checked them.",
  ];
  return sentences.join(" ");
}
