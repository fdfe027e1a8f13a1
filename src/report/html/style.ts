/** The style sheet of a report: for phones, light and dark screens, and paper. */
export const STYLE = `
:root{color-scheme:light dark;--text:#1b1f24;--dim:#5c6670;--back:#fff;--card:#f5f7f9;--line:#d5dae0;--ok:#1a7f37;--warn:#8a5a00;--bad:#c2211a;--blind:#5b4db3;--fault:#e8a09b;--calm:#c9d1d9}
@media(prefers-color-scheme:dark){:root{--text:#e6e9ed;--dim:#9aa4ae;--back:#14171b;--card:#1e2329;--line:#363d45;--ok:#56c271;--warn:#e0ab45;--bad:#ff7b72;--blind:#a99cf5;--fault:#8c3b36;--calm:#3b434c}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:62rem;padding:1rem;font:16px/1.5 system-ui,sans-serif;color:var(--text);background:var(--back);overflow-wrap:break-word}
a{color:inherit}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}
h2{font-size:1.15rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line)}
h3{font-size:1.05rem;margin:0 0 .25rem}
p{margin:.35rem 0}
ul{margin:.35rem 0;padding-left:1.2rem}
.dim{color:var(--dim)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;margin:.5rem 0}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line)}
th{color:var(--dim);font-weight:600}
code{font:.85em/1.4 ui-monospace,monospace;background:var(--card);padding:.1em .3em;border-radius:3px;white-space:pre-wrap}
article{background:var(--card);border:1px solid var(--line);border-left-width:6px;border-radius:6px;padding:.8rem 1rem;margin:1rem 0}
article code{background:var(--back)}
article.Resilient{border-left-color:var(--ok)}article.Degraded{border-left-color:var(--warn)}article.Failed{border-left-color:var(--bad)}article.Inconclusive,article.Unfinished{border-left-color:var(--blind)}
.verdict{font-weight:700;white-space:nowrap}
.Resilient .verdict,.verdict.Resilient,.ok{color:var(--ok)}.Degraded .verdict,.verdict.Degraded,.warn{color:var(--warn)}.Failed .verdict,.verdict.Failed,.bad{color:var(--bad)}.Inconclusive .verdict,.verdict.Inconclusive,.Unfinished .verdict,.verdict.Unfinished{color:var(--blind)}
blockquote{margin:.35rem 0;padding-left:.8rem;border-left:3px solid var(--line);color:var(--dim)}
svg{width:100%;max-width:44rem;height:auto;display:block;margin:.6rem 0}
svg text{font:11px system-ui,sans-serif;fill:var(--text)}
svg .dim{fill:var(--dim)}
details summary{cursor:pointer;color:var(--dim)}
@media(max-width:40rem){body{padding:.7rem}thead{display:none}tr{display:block;padding:.4rem 0;border-bottom:1px solid var(--line)}td{display:block;border:0;padding:.05rem 0;overflow-wrap:anywhere}td[data-head]:not([data-head='']):before{content:attr(data-head) ': ';color:var(--dim)}td:empty{display:none}}
@media print{:root{--text:#000;--back:#fff;--card:#fff;--dim:#444;--line:#bbb}body{max-width:none;padding:0;font-size:11pt}article{break-inside:avoid}h2{break-after:avoid}details:not([open])>*{display:revert}a{color:inherit;text-decoration:none}}
`;
