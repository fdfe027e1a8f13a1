import type { ReactNode } from 'react';

/** A table that scrolls by itself where the screen is narrow; nothing where it has no rows. */
export function Table({ head, rows }: { head: readonly string[]; rows: readonly (readonly ReactNode[])[] }) {
  if (rows.length === 0) return null;
  return (
    <div className="scroll">
      <table>
        {head.length === 0 ? null : (
          <thead>
            <tr>
              {head.map(name => (
                <th key={name}>{name}</th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the page is drawn once and never changes
            <tr key={index}>
              {row.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the page is drawn once and never changes
                <td key={column} data-head={head[column]}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
