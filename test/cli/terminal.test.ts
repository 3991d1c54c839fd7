/** What reaches the terminal of whoever runs a command. */

import { describe, expect, it } from 'vitest';
import { printable } from '../../src/cli/terminal.ts';

describe('printable text', () => {
  it('can’t steer the terminal: escape sequences are written out', () => {
    expect(printable('a\u001b[2Jb\u009b31m\u0007\r')).toBe('a\\u001b[2Jb\\u009b31m\\u0007\\u000d');
  });

  it('keeps lines, tabs and every script', () => {
    const text = 'eins\n\tzwei: Größe, 大きさ, 🚀';
    expect(printable(text)).toBe(text);
  });

  it('leaves JSON the same JSON', () => {
    const value = { note: 'a\u009bb\u001b\u007f' };
    expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(value);
  });
});
