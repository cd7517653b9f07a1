/**
 * Learning rate of an update, as a share of the highest: rises linearly over the warm-up, then falls as half
 * a cosine to 0 (Loshchilov & Hutter 2017, section 3; transformers' `get_cosine_schedule_with_warmup`).
 * @param update  number of the update, from 0; the first one has rate 0 where there is a warm-up
 * @param updates all updates of the run
 * @param warmup  share of the updates in which the rate rises; rounded up to whole updates
 */
export function cosineSchedule(update: number, updates: number, warmup: number): number {
  const rising = Math.ceil(warmup * updates);
  if (update < rising) return update / rising;
  const progress = (update - rising) / Math.max(1, updates - rising);
  return Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
}
