/** Properties that stand together in one pair of braces, with the comments of those that have one. */
export type DocBlock = { readonly keys: ReadonlySet<string>; readonly docs: ReadonlyMap<string, readonly string[]> };

type Block = { readonly indent: number; readonly keys: Set<string>; readonly docs: Map<string, readonly string[]> };
type Property = { readonly line: number; readonly key: string; readonly hasDoc: boolean; readonly block: Block };

const PROPERTY = /^( *)(?:readonly )?(?:'([^']+)'|"([^"]+)"|([\w$]+))\??: /;
const LEAST_LIKENESS = 0.3;

/** The documented object literals of a source file. Read by its indentation, which the formatter keeps. */
export function readDocBlocks(source: string): readonly DocBlock[] {
  const blocks = new Set(readProperties(source.split('\n')).map(({ block }) => block));
  return [...blocks].filter(({ docs }) => docs.size > 0);
}

/**
 * Puts the comments of the options back into a declaration. The compiler drops them where a type went through a schema,
 * and with them the manual that the editor shows. A declared object belongs to the literal that has its properties.
 */
export function addOptionDocs(declaration: string, blocks: readonly DocBlock[]): string {
  const lines = declaration.split('\n');
  const found = new Map(readProperties(lines).map((property) => [property.line, property]));
  return lines
    .flatMap((line, index) => {
      const property = found.get(index);
      if (property === undefined || property.hasDoc) return [line];
      const indent = ' '.repeat(property.block.indent);
      return [...docFor(property, blocks).map((text) => `${indent}${text}`), line];
    })
    .join('\n');
}

function docFor({ key, block }: Property, blocks: readonly DocBlock[]): readonly string[] {
  const candidates = blocks
    .filter(({ docs }) => docs.has(key))
    .map(({ keys, docs }) => ({ doc: docs.get(key) ?? [], likeness: likenessOf(keys, block.keys) }))
    .filter(({ likeness }) => likeness >= LEAST_LIKENESS);
  // The sort is stable: of equals the one that was given first.
  return candidates.sort((a, b) => b.likeness - a.likeness)[0]?.doc ?? [];
}

/** 1 for the same properties; less when one has more than the other, as where a shape is spread into another. */
function likenessOf(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = [...a].filter((key) => b.has(key)).length;
  return common / (a.size + b.size - common);
}

function readProperties(lines: readonly string[]): readonly Property[] {
  const open: Block[] = [];
  const properties: Property[] = [];
  let doc: string[] = [];
  let isInDoc = false;
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    if (text === '') continue;
    const indent = line.length - line.trimStart().length;
    while ((open.at(-1)?.indent ?? -1) > (text.startsWith('*') ? indent - 1 : indent)) open.pop();
    if (isInDoc || text.startsWith('/**')) {
      doc = isInDoc ? [...doc, ` ${text}`] : [text];
      isInDoc = !text.endsWith('*/');
      continue;
    }
    const key = keyOf(line);
    if (key !== undefined) {
      const block = blockAt(open, indent);
      block.keys.add(key);
      if (doc.length > 0) block.docs.set(key, doc);
      properties.push({ line: index, key, hasDoc: doc.length > 0, block });
    }
    doc = [];
  }
  return properties;
}

function keyOf(line: string): string | undefined {
  const match = PROPERTY.exec(line);
  return match?.[2] ?? match?.[3] ?? match?.[4];
}

function blockAt(open: Block[], indent: number): Block {
  const last = open.at(-1);
  if (last?.indent === indent) return last;
  const block: Block = { indent, keys: new Set(), docs: new Map() };
  open.push(block);
  return block;
}
