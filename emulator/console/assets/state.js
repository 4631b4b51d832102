// What the parts of the page know together, and how they tell each other.

export const state = {
  functions: [],
  chosen: null,     // A function.
  invocations: [],  // Oldest first.
  instances: [],
  shownId: null,    // The request id of what stands in the result's place.
};

const listeners = {};

/// Topics: `chosen` (a function), `shown` (an outcome), `ended` (invocations).
export function when(topic, action) {
  (listeners[topic] ??= []).push(action);
}

export function tell(topic) {
  for (const action of listeners[topic] ?? []) action();
}
