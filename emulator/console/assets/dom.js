// Elements of the page. What functions say becomes text here, and never markup.

export const $ = (id) => document.getElementById(id);

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export function makeSvg(tag, attributes = {}, text = '') {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text) element.textContent = text;
  return element;
}

/// Puts items in the place of others; the keyboard stays where it was, by data-key.
export function replaceItems(list, items) {
  const { activeElement } = document;
  const key = list.contains(activeElement) ? activeElement.dataset.key : undefined;
  list.replaceChildren(...items);
  if (key === undefined) return;
  [...list.querySelectorAll('[data-key]')].find((element) => element.dataset.key === key)?.focus();
}
