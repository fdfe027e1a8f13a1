import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** The declarations of one module whose types name no other module; an Error with the first complaint otherwise. */
export function declarationOf(file: string): string {
  const { outputText, diagnostics } = ts.transpileDeclaration(readFileSync(file, 'utf8'), {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: { strict: true, target: ts.ScriptTarget.ES2024 },
  });
  const complaint = diagnostics?.[0];
  if (complaint) throw new Error(`${file}: ${ts.flattenDiagnosticMessageText(complaint.messageText, '\n')}`);
  if (/\bfrom ['"]|\bimport\(/.test(outputText))
    throw new Error(`${file}: its types name another module, which is not published`);
  return outputText;
}
