import { readFileSync, existsSync, statSync, readdirSync } from 'node:fs';
import { loadPlaybook } from './src/language/load-playbook.ts';
import { renderDiagnostics } from './src/report/diagnostics.ts';
import { modules } from './src/modules/index.ts';
const files = { read: (p: string) => existsSync(p) ? readFileSync(p) : undefined, text: (p: string) => existsSync(p) ? readFileSync(p, 'utf8') : undefined, kind: (p: string) => !existsSync(p) ? undefined : statSync(p).isDirectory() ? 'directory' as const : 'file' as const, list: (p: string) => existsSync(p) ? readdirSync(p).sort() : [], mode: () => '0644' };
const r = loadPlaybook(process.argv[2]!, { files, registry: modules });
process.stdout.write(renderDiagnostics(r.diagnostics, (f) => files.text(f), { color: false }));
console.log([...modules.keys()].join(' '));
console.log(r.plays.map((p) => [p.name, p.entries.length, p.handlers.length]));
