/** `jit-gate policy diff`: what a pipeline and a reviewer get of it. */

import { describe, expect, it } from 'vitest';
import { useFolder } from './folder.ts';

const { write, policy } = useFolder();

const OLD = `version: 1
groups: { release: { teams: [release] } }
gates: [{ name: main, on: merge, branches: [main], approvals: [{ from: [release], count: 2 }], timeout: 8h }]
`;
const NEW = OLD.replace('count: 2', 'count: 1').replace('8h', '4h');

describe('policy diff', () => {
  it('says what it means, the weaker first, and ends with 0 unless it is asked to fail', async () => {
    write('old.yml', OLD);
    write('new.yml', NEW);
    const { code, printed } = await policy(['diff', 'old.yml', 'new.yml']);
    expect(code).toBe(0);
    expect(printed.split('\n')).toEqual([
      'weaker    main: it takes 1 approval from release instead of 2',
      'stricter  main: unanswered, it is denied after 4 hours; it was 8 hours',
    ]);
    expect((await policy(['diff', 'old.yml', 'new.yml', '--fail-on', 'weaker'])).code).toBe(1);
    expect((await policy(['diff', 'new.yml', 'old.yml', '--fail-on', 'weaker'])).code).toBe(1);
    const stricter = await policy(['diff', '-', 'old.yml', '--fail-on', 'weaker'], {
      input: OLD.replace('count: 2', 'count: 1'),
    });
    expect(stricter.code).toBe(0);
  });

  it('prints the changes as JSON', async () => {
    write('old.yml', OLD);
    write('new.yml', NEW);
    expect((await policy(['diff', 'old.yml', 'new.yml', '--json'])).json()).toMatchObject({
      weaker: true,
      changes: [
        { effect: 'weaker', rule: 'main' },
        { effect: 'stricter', rule: 'main' },
      ],
    });
  });

  it('compares nothing with a policy that has errors, and says them', async () => {
    write('old.yml', OLD);
    write('new.yml', NEW.replace('count: 1', 'count: 0'));
    const { code, said } = await policy(['diff', 'old.yml', 'new.yml']);
    expect(code).toBe(1);
    expect(said).toContain('new.yml:3:');
    expect((await policy(['diff', 'old.yml', 'gone.yml'])).code).toBe(2);
    expect((await policy(['diff', '-', '-'], { input: OLD })).code).toBe(2);
  });
});
