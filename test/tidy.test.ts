// SPDX-License-Identifier: MIT
/**
 * The house rules as tests, over every file that git tracks or would track. Each offence is listed as
 * `file:line what`, with what to write instead where there is such a thing.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const SELF = 'test/tidy.test.ts';
const PRODUCT = /^(src|card-applet-sim|terminal|host|simulation|cli|bench)\//;
/** Where neither clock, randomness nor Buffer may appear; transports are the card's edge to the world. */
const PURE = /^(src|card-applet-sim)\/(?!transport\/)/;

const CODE_LINES_MAX = 400;
const TEST_LINES_MAX = 1000;

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\0')
  // A file that was deleted but is still in the index is listed, too.
  .filter((file) => file !== '' && existsSync(path.join(ROOT, file)));

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

interface Source {
  readonly file: string;
  readonly text: string;
  readonly lines: readonly string[];
  readonly tree: ts.SourceFile;
}

const sources: readonly Source[] = files
  .filter((file) => /\.(ts|js|cjs|mjs)$/.test(file) && !file.startsWith('data/'))
  .map((file) => {
    const text = read(file);
    const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    return { file, text, lines: text.split('\n'), tree };
  });
const code = sources.filter(({ file }) => file.endsWith('.ts'));
const product = code.filter(({ file }) => PRODUCT.test(file));
const tests = code.filter(({ file }) => file.endsWith('.test.ts'));

/** `file:line` of every line that matches. */
function matches(of: readonly Source[], pattern: RegExp, instead = ''): string[] {
  return of
    .filter(({ file }) => file !== SELF)
    .flatMap(({ file, lines }) =>
      lines.flatMap((line, index) => {
        const found = pattern.exec(line)?.[0];
        return found === undefined ? [] : [`${file}:${index + 1} ${found.trim()}${instead}`];
      }),
    );
}

/** `file:line` of every node that `isOffence` accepts. */
function nodes(of: readonly Source[], isOffence: (node: ts.Node) => boolean): string[] {
  return of.flatMap(({ file, tree }) => {
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      if (isOffence(node)) {
        const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
        found.push(`${file}:${line + 1} ${node.getText(tree).split('\n')[0]!.slice(0, 60)}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(tree);
    return found;
  });
}

/** Lines that hold a token: neither blank nor comment alone. */
function codeLineCount({ tree }: Pick<Source, 'tree'>): number {
  const lines = new Set<number>();
  const visit = (node: ts.Node): void => {
    if (node.getChildCount(tree) > 0) {
      node.getChildren(tree).forEach(visit);
      return;
    }
    if (ts.isJSDoc(node) || node.kind === ts.SyntaxKind.EndOfFileToken) return;
    const from = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line;
    const until = tree.getLineAndCharacterOfPosition(node.getEnd()).line;
    for (let line = from; line <= until; line++) lines.add(line);
  };
  tree.statements.forEach(visit);
  return lines.size;
}

describe('names', () => {
  it('are found by git at all', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(product.length).toBeGreaterThan(30);
    expect(tests.length).toBeGreaterThan(10);
  });

  it('of folders say what is in them', () => {
    const vague = /(^|\/)(utils?|helpers?|common|lib|misc|shared|stuff)\//;
    expect(files.filter((file) => vague.test(file))).toEqual([]);
  });

  it('of source files are in kebab-case', () => {
    const kebab = /(^|\/)\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.(ts|js|cjs|mjs)$/;
    expect(sources.map(({ file }) => file).filter((file) => !kebab.test(file))).toEqual([]);
  });

  it.each([
    ['blacklist', 'hotlist'],
    ['black-list', 'hotlist'],
    ['whitelist', 'allowlist'],
    ['stoplist', 'hotlist'],
  ])('do not say %s', (word, instead) => {
    expect(matches(sources, new RegExp(word, 'i'), ` -> ${instead}`)).toEqual([]);
  });
});

describe('comments', () => {
  it('leave no FIXME and no TODO without an issue number', () => {
    expect(matches(sources, /\bFIXME\b/)).toEqual([]);
    expect(matches(sources, /\bTODO\b(?!.*#\d+)/)).toEqual([]);
  });

  it('switch no check off', () => {
    const off =
      /@ts-(ignore|nocheck|expect-error)|eslint-disable|prettier-ignore|(v8|c8|istanbul) ignore/;
    expect(matches(code, off)).toEqual([]);
  });

  it('begin every product file with its licence', () => {
    const unlicensed = product.filter(
      ({ lines }) => !lines.slice(0, 2).includes('// SPDX-License-Identifier: MIT'),
    );
    expect(unlicensed.map(({ file }) => file)).toEqual([]);
  });

  it('stand on every export of src', () => {
    const declared = (statement: ts.Statement): boolean =>
      ts.canHaveModifiers(statement) &&
      (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    const undocumented = code
      .filter(({ file }) => file.startsWith('src/'))
      .flatMap(({ file, text, tree }) =>
        tree.statements
          .filter(declared)
          .filter((statement) => {
            const comments = ts.getLeadingCommentRanges(text, statement.getFullStart()) ?? [];
            return !comments.some(({ pos }) => text.startsWith('/**', pos));
          })
          .map((statement) => {
            const { line } = tree.getLineAndCharacterOfPosition(statement.getStart(tree));
            return `${file}:${line + 1} ${statement.getText(tree).split('\n')[0]!}`;
          }),
      );
    expect(undocumented).toEqual([]);
  });
});

describe('types', () => {
  it('are never any', () => {
    expect(nodes(code, ({ kind }) => kind === ts.SyntaxKind.AnyKeyword)).toEqual([]);
  });

  it('are not asserted to be non-null in product code', () => {
    expect(nodes(product, ts.isNonNullExpression)).toEqual([]);
  });

  /** The types of a package that ships none are in a module with a quoted name, which is no namespace. */
  const isNamespace = (node: ts.Node): boolean =>
    ts.isModuleDeclaration(node) && !ts.isStringLiteral(node.name);

  it('are neither enums nor namespaces', () => {
    expect(nodes(code, (node) => ts.isEnumDeclaration(node) || isNamespace(node))).toEqual([]);
  });
});

describe('modules', () => {
  it('export by name', () => {
    const isDefault = (node: ts.Node): boolean =>
      ts.isExportAssignment(node) || node.kind === ts.SyntaxKind.DefaultKeyword;
    const inSwitch = (node: ts.Node): boolean => ts.isDefaultClause(node.parent);
    expect(nodes(product, (node) => isDefault(node) && !inSwitch(node))).toEqual([]);
  });

  it('are no barrels', () => {
    expect(
      nodes(product, (node) => ts.isExportDeclaration(node) && node.exportClause === undefined),
    ).toEqual([]);
    expect(product.map(({ file }) => file).filter((file) => /(^|\/)index\.ts$/.test(file))).toEqual(
      [],
    );
  });

  it('import each other with the extension .ts', () => {
    const isBare = (node: ts.Node): boolean =>
      ts.isImportDeclaration(node) &&
      ts.isStringLiteral(node.moduleSpecifier) &&
      /^\.{1,2}\/.*(?<!\.ts)$/.test(node.moduleSpecifier.text);
    expect(nodes(code, isBare)).toEqual([]);
  });

  it('of src and the card know no Buffer, no Date and no Math.random', () => {
    const pure = product.filter(({ file }) => PURE.test(file));
    const isImpure = (node: ts.Node): boolean => {
      if (ts.isPropertyAccessExpression(node)) return node.getText() === 'Math.random';
      if (!ts.isIdentifier(node) || !/^(Buffer|Date)$/.test(node.text)) return false;
      // A property that is called so is somebody else's.
      return !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node);
    };
    expect(nodes(pure, isImpure)).toEqual([]);
  });
});

describe('sizes', () => {
  it(`keep product files within ${CODE_LINES_MAX} lines of code, tables apart`, () => {
    const long = product
      .filter(({ file, lines }) => !file.endsWith('.table.ts') && lines.length > CODE_LINES_MAX)
      .map((source) => ({ file: source.file, count: codeLineCount(source) }))
      .filter(({ count }) => count > CODE_LINES_MAX);
    expect(long).toEqual([]);
  });

  it('count lines of code as ESLint does: no blank line, no comment', () => {
    const text =
      '// one\n\n/** two */\nexport const a = [\n  // three\n  1, // four\n  `x\n  y`,\n];\n';
    const tree = ts.createSourceFile('sample.ts', text, ts.ScriptTarget.Latest, true);
    expect(codeLineCount({ tree })).toBe(5);
  });

  it(`keep test files within ${TEST_LINES_MAX} lines`, () => {
    const long = code.filter(
      ({ file, lines }) => file.startsWith('test/') && lines.length > TEST_LINES_MAX,
    );
    expect(long.map(({ file }) => file)).toEqual([]);
  });
});

describe('tests', () => {
  it('all run', () => {
    const off =
      /\b(it|test|describe)(\.\w+)*\.(skip|only|todo|fails)\b|\b(xit|fit|xdescribe|fdescribe)\(/;
    // The reporter's own test writes a skipped test to count it.
    const others = tests.filter(({ file }) => file !== 'test/reporters/closing-line.test.ts');
    expect(matches(others, off)).toEqual([]);
  });

  it('have titles in the present tense', () => {
    expect(matches(tests, /\b(it|test|describe)(\.\w+)*\([^'"`]*['"`][^'"`]*\bshould\b/)).toEqual(
      [],
    );
  });
});

describe('papers', () => {
  const manifest = JSON.parse(read('package.json')) as { readonly version: string };
  const paper = (file: string): string => (files.includes(file) ? read(file) : '');

  it('tell in CHANGELOG.md what is in the version of package.json', () => {
    const heading = new RegExp(`^## \\[?v?${manifest.version.replaceAll('.', '\\.')}\\]?`, 'm');
    expect(paper('CHANGELOG.md')).toMatch(heading);
  });

  it.each(['npm ci && npm run demo', 'npm ci && npm test'])('give "%s" in README.md', (command) => {
    expect(paper('README.md')).toContain(command);
  });
});
