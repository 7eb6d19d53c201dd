/** How the page looks: on a phone and on a wide screen, dark and light, and on paper. Contrasts are WCAG AA's. */
export const pageStyle = `
:root {
  --ink: #1c2128; --quiet: #57606a; --paper: #fff; --raised: #f4f6f8; --line: #d0d7de; --link: #0b57c2;
  --good: #116329; --changed: #7a4b00; --bad: #b3150f; --good-back: #dcf5e0; --changed-back: #fdf0d0; --bad-back: #fde7e5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6edf3; --quiet: #a3adb8; --paper: #0d1117; --raised: #171d25; --line: #39414b; --link: #79b8ff;
    --good: #6fdd8b; --changed: #f0c05a; --bad: #ff9a91; --good-back: #12331c; --changed-back: #3a2c08; --bad-back: #47191a;
  }
}
* { box-sizing: border-box; }
/* What is gone to must not end up below the filter. */
html { scroll-padding-top: 9rem; }
body { margin: 0 auto; max-width: 110rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 2rem 0 .5rem; font-size: 1.2rem; }
p { margin: .4rem 0; }
code, pre { font: .875rem/1.45 ui-monospace, 'DejaVu Sans Mono', monospace; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
main:focus { outline: none; }
[hidden] { display: none !important; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: .5rem; padding: .3rem .6rem; background: var(--paper); z-index: 3; }
.unseen { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); }
.counts, .places, .changes, .warnings { margin: .5rem 0; padding: 0; list-style: none; }
.counts { display: flex; flex-wrap: wrap; gap: .5rem; }
.counts .sign { padding: .2rem .7rem; border: 1px solid currentcolor; border-radius: 1rem; font-weight: 600; }
.sign { white-space: nowrap; color: var(--quiet); }
.sign.ok { color: var(--good); }
.sign.changed, .sign.drift { color: var(--changed); }
.sign.failed, .sign.unreachable { color: var(--bad); }
.note, .where, summary code, header p { color: var(--quiet); }
search { position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; align-items: end; gap: .5rem .75rem;
  margin: 1rem 0; padding: .75rem; background: var(--raised); border: 1px solid var(--line); border-radius: .5rem; }
search div { flex: 1 1 9rem; max-width: 24rem; min-width: 0; }
label { display: block; font-size: .875rem; font-weight: 600; }
input, select, button { width: 100%; min-height: 2.4rem; padding: .3rem .6rem; font: inherit; color: var(--ink); background: var(--paper);
  border: 1px solid var(--quiet); border-radius: .3rem; }
button { width: auto; cursor: pointer; }
::placeholder { color: var(--quiet); opacity: 1; }
output { flex-basis: 100%; font-size: .875rem; }
.finding { margin: .4rem 0; border: 1px solid var(--line); border-left: .35rem solid var(--quiet); border-radius: .3rem; }
.finding.drift, .finding.changed { border-left-color: var(--changed); }
.finding.failed, .finding.unreachable { border-left-color: var(--bad); }
summary { padding: .5rem .75rem; cursor: pointer; }
summary .title { font-weight: 600; }
summary > * { margin-right: .35rem; }
.body { padding: 0 .75rem .5rem; }
pre { margin: .4rem 0; padding: .5rem; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--raised); border-radius: .3rem; }
.diff ins, .diff del { display: block; text-decoration: none; }
.diff ins { background: var(--good-back); color: var(--good); }
.diff del { background: var(--bad-back); color: var(--bad); }
.diff i { font-style: normal; color: var(--quiet); }
.wide { overflow-x: auto; max-width: 100%; border: 1px solid var(--line); border-radius: .3rem; }
#grid { max-height: 85vh; overflow: auto; }
table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: .9375rem; overflow-wrap: normal; }
th, td { padding: .3rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { background: var(--raised); }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.error { min-width: 16rem; white-space: pre-wrap; overflow-wrap: anywhere; }
#grid table { width: auto; }
#grid th, #grid td { padding: .15rem .3rem; }
#grid td { text-align: center; border-left: 1px solid var(--line); min-width: 1.9rem; }
#grid th[scope=row] { position: sticky; left: 0; max-width: 22rem; background: var(--paper); font-weight: 400; }
#grid thead th { position: sticky; top: 0; z-index: 1; vertical-align: bottom; font-weight: 400; }
#grid thead td { position: sticky; left: 0; top: 0; z-index: 2; background: var(--raised); border-left: 0; }
#grid thead span { display: block; writing-mode: vertical-rl; transform: rotate(180deg); max-height: 13rem; overflow: hidden;
  white-space: nowrap; text-overflow: ellipsis; }
#grid a { display: block; text-decoration: none; font-weight: 700; color: inherit; }
td.changed, td.drift { background: var(--changed-back); color: var(--changed); }
td.failed { background: var(--bad-back); color: var(--bad); }
td.ok { color: var(--good); }
td.skipped, td.not-attempted { color: var(--quiet); }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; }
@media (max-width: 40rem) {
  body { padding: .75rem; }
  html { scroll-padding-top: 0; }
  search { position: static; }
  summary code { display: block; }
  #grid th[scope=row] { max-width: 9.5rem; }
}
@media print {
  :root { --ink: #000; --quiet: #444; --paper: #fff; --raised: #f4f4f4; --line: #999; --good: #0a4d1c; --changed: #5c3900; --bad: #8f0f0a;
    --good-back: #fff; --changed-back: #fff; --bad-back: #fff; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  search, .skip, button { display: none !important; }
  .wide, #grid { overflow: visible; max-height: none; border: 0; }
  #grid th, #grid td { position: static !important; }
  #matrix.broad { display: none; }
  summary, tr, .diff ins, .diff del { break-inside: avoid; }
  h2, summary { break-after: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
