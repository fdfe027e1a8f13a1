import { renderToStaticMarkup } from 'react-dom/server';
import { Page } from '../html/page.tsx';
import type { Report } from '../model.ts';

/** The report as one HTML file that loads nothing else: no script, picture, font or style sheet. */
export const html = (report: Report): string => `<!doctype html>\n${renderToStaticMarkup(<Page report={report} />)}\n`;
