// Many durations in few words.

import { duration } from './words.js';

export function summaryOf(invocations) {
  if (!invocations.length) return '';
  const sorted = invocations.map((invocation) => invocation.durationMs).sort((a, b) => a - b);
  const at = (share) => duration(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
  const failed = invocations.filter((invocation) => !invocation.ok).length;
  const cold = invocations.filter((invocation) => invocation.coldStart).length;
  return `p50 ${at(0.5)} · p95 ${at(0.95)} · max ${duration(sorted.at(-1))} · ${failed} failed · ${cold} cold`;
}
