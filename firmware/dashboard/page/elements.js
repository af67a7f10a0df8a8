// Elements: made and changed without any markup as text, so that nothing from outside can become markup.

const SVG = "http://www.w3.org/2000/svg";

/** The element of the page with this id. */
export function at(id) {
  return document.getElementById(id);
}

/** An HTML element with attributes and children, elements or texts. */
export function html(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** An SVG element, likewise. */
export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** Show a text, touching the page only when it is another one. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Set an attribute, touching the page only when it has another value; null takes it away. */
export function set(element, name, value) {
  const wanted = value === null ? null : String(value);
  if (element.getAttribute(name) === wanted) return;
  if (wanted === null) element.removeAttribute(name);
  else element.setAttribute(name, wanted);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}
