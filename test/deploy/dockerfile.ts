import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Copy, DockerfileParser, type Instruction } from 'dockerfile-ast';
import { ROOT } from '../docs/documents.ts';

export const DOCKERFILE = 'deploy/docker/Dockerfile';

export type Step =
  | {
      readonly keyword: 'COPY';
      readonly from: string | undefined;
      readonly sources: readonly string[];
      readonly to: string;
    }
  | { readonly keyword: string; readonly text: string };
export type Stage = { readonly name: string | undefined; readonly image: string; readonly steps: readonly Step[] };

export function readDockerfile(): string {
  return readFileSync(join(ROOT, DOCKERFILE), 'utf8');
}

/** The stages in order, with the defaults of ARG put in. */
export function stagesOf(text: string): readonly Stage[] {
  const file = DockerfileParser.parse(text);
  const defaults = new Map(
    file.getInitialARGs().map((arg) => [arg.getProperty()?.getName(), arg.getProperty()?.getValue()]),
  );
  const fill = (value: string): string => value.replace(/\$\{(\w+)\}/g, (_, name) => defaults.get(name) ?? '');
  const stages: { name: string | undefined; image: string; steps: Step[] }[] = [];
  for (const instruction of file.getInstructions()) {
    if (instruction.getKeyword() === 'FROM') {
      const [image = '', , name] = instruction.getArguments().map((argument) => argument.getValue());
      stages.push({ name, image: fill(image), steps: [] });
    } else stages.at(-1)?.steps.push(stepOf(instruction));
  }
  return stages;
}

function stepOf(instruction: Instruction): Step {
  const keyword = instruction.getKeyword();
  if (keyword === 'COPY') {
    const copy = instruction as Copy;
    const paths = copy.getArguments().map((argument) => argument.getValue());
    return {
      keyword,
      from: copy.getFromFlag()?.getValue() ?? undefined,
      sources: paths.slice(0, -1),
      to: paths.at(-1) ?? '',
    };
  }
  return { keyword, text: instruction.getTextContent().slice(keyword.length).trim() };
}

export function isCopy(step: Step): step is Extract<Step, { readonly keyword: 'COPY' }> {
  return step.keyword === 'COPY';
}

/** The text of an instruction that must be there once. */
export function textOf({ steps }: Stage, keyword: string): string {
  const found = steps.filter((step) => step.keyword === keyword);
  const [only] = found;
  if (found.length !== 1 || only === undefined || !('text' in only))
    throw new Error(`${keyword} is there ${found.length} times`);
  return only.text;
}
