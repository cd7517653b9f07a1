export { type BannerModel, showBanner } from "./banner";
export { showHtml, showMarkdown } from "./display";
export { type Plot, renderPng, showPlot } from "./plot";
export { palette } from "./plot-template";
export { type Progress, type ProgressOptions, startProgress } from "./progress";
export { stopOnInterrupt } from "./stop-on-interrupt";
export { type DataFrameLike, type TableOptions, showTable } from "./table";
export { trackTraining } from "./track-training";
export { trackUpload } from "./track-upload";
