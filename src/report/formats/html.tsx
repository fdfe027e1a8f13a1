import { renderToStaticMarkup } from 'react-dom/server';
import { Page } from '../html/page.tsx';
import type { Report } from '../model.ts';

/** The report as one HTML file that asks nobody for anything: no script, no picture, no font, no style from elsewhere. */
export const html = (report: Report): string => `<!doctype html>\n${renderToStaticMarkup(<Page report={report} />)}\n`;
