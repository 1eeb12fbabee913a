/** A strict reader of the XML we write (elements, attributes, text), for tests: throws at the first thing that is not well formed. */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
}

/** Characters that XML 1.0 allows (section 2.2). */
const allowed = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const token = /<(\/?)([A-Za-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>|([^<]+)/uy;

/** All elements in document order. */
export function readXml(xml: string): readonly XmlElement[] {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!xml.startsWith(declaration)) throw new Error("no XML declaration");
  if (!allowed.test(xml)) throw new Error("a character that XML forbids");
  const body = xml.slice(declaration.length).trimEnd();
  const elements: XmlElement[] = [];
  const open: XmlElement[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < body.length) {
    const at = token.lastIndex;
    const [, slash, name, attributes = "", self, text] = token.exec(body) ?? [];
    if (text !== undefined) {
      const inside = open.at(-1);
      if (!inside) throw new Error(`text outside of the root at ${at}`);
      inside.text += unescaped(text);
    } else if (name === undefined) {
      throw new Error(`not well formed at ${at}: ${body.slice(at, at + 40)}`);
    } else if (slash) {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes something else at ${at}`);
    } else {
      const element = { name, attributes: readAttributes(attributes), text: "" };
      elements.push(element);
      if (!self) open.push(element);
    }
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)?.name}> is not closed`);
  return elements;
}

function readAttributes(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/ ([a-z]+)="([^"]*)"/g)];
  return Object.fromEntries(pairs.map(([, name = "", value = ""]) => [name, unescaped(value)]));
}

const entities: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#9;": "\t",
  "&#10;": "\n",
  "&#13;": "\r",
};

function unescaped(text: string): string {
  return text.replace(/&[^;]*;?/g, (entity) => {
    const value = entities[entity];
    if (value === undefined) throw new Error(`unknown entity ${entity}`);
    return value;
  });
}
