import assert from "node:assert/strict";
import * as fs from "node:fs";
import { test } from "node:test";
import type { QuestionRow } from "mrl/common";
import { loadModel } from "mrl/encoder";
import { cosine } from "mrl/evaluation";
import { filterQuestions, reportFilter } from "mrl/questions";
import { writeTinyModel } from "../encoder/tiny-model";

/** A text is its own angle in degrees: the cosine of two texts is the cosine of their difference. */
function fakeEmbedder() {
  const embedded: string[] = [];
  const embed = async (texts: readonly string[]): Promise<Float32Array[]> => {
    embedded.push(...texts);
    return texts.map((text) => {
      const angle = (parseFloat(text) * Math.PI) / 180;
      // Not of unit length on purpose: the filter takes cosines.
      return Float32Array.of(3 * Math.cos(angle), 3 * Math.sin(angle));
    });
  };
  return { embed, embedded };
}

/** One row a question angle, on a passage at 0 degrees unless told. */
function makeRows(angles: number[], chunk = 0, text = "0 passage"): QuestionRow[] {
  return angles.map((angle, index) => ({
    global_chunk_id: chunk,
    text,
    question_id: index + 1,
    question: `${angle} question`,
    answer: "a",
    page: "p.html",
  }));
}

// cos 60 = 0.5, cos 30 = 0.866, cos 40 = 0.766, cos 38 = 0.788
const thresholds = { minQuestionPassage: 0.5, maxQuestionQuestion: 0.78 };
const far = "question far from its passage";
const repeated = "question repeats one kept before";

test("a question further than the threshold from its passage is dropped, with its cosine", async () => {
  const { embed } = fakeEmbedder();
  const rows = makeRows([59, 61]);
  const { kept, dropped, similarities } = await filterQuestions(rows, { embed, ...thresholds });
  assert.deepEqual(kept, [rows[0]]);
  assert.deepEqual(
    dropped.map(({ row, reason }) => [row, reason]),
    [[rows[1], far]],
  );
  // cos 61 degrees
  assert.ok(Math.abs(dropped[0].value - 0.48481) < 1e-5);
  assert.equal(similarities.length, 2);
  assert.equal(similarities[1], dropped[0].value);
});

test("the limits themselves: a cosine equal to the minimum stays, one equal to the maximum goes", async () => {
  // Exact in floating point: cosines of 0, 90 and 180 degrees would not be; equal texts have cosine 1.
  const embed = async (texts: readonly string[]): Promise<Float32Array[]> =>
    texts.map((text) => (text.startsWith("0") ? Float32Array.of(1, 0) : Float32Array.of(0, 1)));
  const rows = makeRows([0, 90, 90.5]);
  const limits = { minQuestionPassage: 0, maxQuestionQuestion: 1 };
  const { kept, dropped } = await filterQuestions(rows, { embed, ...limits });
  // 90 against the passage is 0, not below 0; 90.5 has the vector of 90, cosine 1, not below 1.
  assert.deepEqual(kept, rows.slice(0, 2));
  assert.deepEqual([dropped[0].reason, dropped[0].repeats], [repeated, "90 question"]);
});

test("a question close to one kept before is dropped and says which", async () => {
  const { embed } = fakeEmbedder();
  const rows = makeRows([0, 38, 40]);
  const { kept, dropped } = await filterQuestions(rows, { embed, ...thresholds });
  // 38 repeats 0 (cos 38 = .788); 40 is close to 38, which is gone, and far enough from 0 (.766).
  assert.deepEqual(kept, [rows[0], rows[2]]);
  assert.deepEqual([dropped[0].reason, dropped[0].repeats], [repeated, "0 question"]);
});

test("nearest is the highest cosine with a question kept before, none for the first and for far ones", async () => {
  const { embed } = fakeEmbedder();
  const { nearest } = await filterQuestions(makeRows([0, 45, 80, 38]), { embed, ...thresholds });
  // 45 against 0: cos 45 = .70711; 80 is far from its passage; 38 against 45: cos 7 = .99255.
  assert.deepEqual([nearest[0], nearest[2]], [undefined, undefined]);
  assert.ok(Math.abs(nearest[1]! - 0.70711) < 1e-5 && Math.abs(nearest[3]! - 0.99255) < 1e-5);
});

test("a question dropped for its passage removes no other", async () => {
  const { embed } = fakeEmbedder();
  const rows = makeRows([70, 50]);
  const { kept, dropped } = await filterQuestions(rows, { embed, ...thresholds });
  assert.deepEqual([kept, dropped[0].reason], [[rows[1]], far]);
});

test("equal questions on different passages both stay; on chunks of one text only the first does", async () => {
  const { embed } = fakeEmbedder();
  const other = makeRows([10], 1, "1 passage");
  const twin = makeRows([10], 2, "0 passage");
  const { kept } = await filterQuestions([...makeRows([10]), ...other, ...twin], {
    embed,
    ...thresholds,
  });
  assert.deepEqual(
    kept.map((row) => row.global_chunk_id),
    [0, 1],
  );
});

test("each distinct text is embedded once, and the rows stay as they are", async () => {
  const { embed, embedded } = fakeEmbedder();
  const rows = [...makeRows([0, 45]), ...makeRows([45, 50], 1)];
  const before = structuredClone(rows);
  await filterQuestions(rows, { embed, ...thresholds });
  // One passage and the questions at 0, 45 and 50 degrees.
  assert.deepEqual([...embedded].sort(), ["0 passage", "0 question", "45 question", "50 question"]);
  assert.deepEqual(rows, before);
});

test("a model's own prompts stand in front of questions and passages, and change the cosines", async (t) => {
  const texts = { text: "w5 w6 w7", question: "w8 w5" };
  const rows = makeRows([0]).map((row) => ({ ...row, ...texts }));
  const found: number[] = [];
  for (const prompts of [{ query: "w1 w2 ", passage: "w3 " }, {}]) {
    const folder = writeTinyModel("bert", { prompts: { prompts } });
    t.after(() => fs.rmSync(folder, { recursive: true }));
    const model = await loadModel(folder, { precision: "f32" });
    const done: string[] = [];
    const { similarities } = await filterQuestions(rows, {
      ...thresholds,
      embed: (some, options) => model.encode(some, options),
      onProgress: (n, total) => done.push(`${n} of ${total}`),
    });
    assert.deepEqual(done, ["1 of 2", "2 of 2"]);
    const [question, passage] = await model.encode(
      [`${prompts.query ?? ""}w8 w5`, `${prompts.passage ?? ""}w5 w6 w7`],
      { prompt: "" },
    );
    assert.ok(Math.abs(similarities[0] - cosine(question, passage)) < 1e-6);
    found.push(similarities[0]);
    model.dispose();
  }
  assert.ok(Math.abs(found[0] - found[1]) > 0.01, found.join());
});

test("a vector without direction is refused with its text", async () => {
  const embed = async (texts: readonly string[]) => texts.map(() => new Float32Array(2));
  await assert.rejects(
    filterQuestions(makeRows([0]), { embed, ...thresholds }),
    /no usable vector for "0 passage"/,
  );
});

test("no rows give no rows", async () => {
  const { embed } = fakeEmbedder();
  assert.deepEqual(await filterQuestions([], { embed, ...thresholds }), {
    kept: [],
    dropped: [],
    similarities: [],
    nearest: [],
  });
});

test("the report counts each reason and holds every dropped row whole", async () => {
  const { embed } = fakeEmbedder();
  const rows = makeRows([0, 1, 80]);
  const filtered = await filterQuestions(rows, { embed, ...thresholds });
  const report = reportFilter(filtered, { embedder: "angles", ...thresholds });
  assert.deepEqual([report.rows, report.kept, report.dropped], [3, 1, { [far]: 1, [repeated]: 1 }]);
  assert.deepEqual(
    report.droppedRows.map(({ text, answer, question }) => ({ text, answer, question })),
    [
      { text: "0 passage", answer: "a", question: "1 question" },
      { text: "0 passage", answer: "a", question: "80 question" },
    ],
  );
});
