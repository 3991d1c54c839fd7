/** Bounds how long each property is tried. Thousands of mutants run the tests, and most properties fail at once or never. */

import fc from 'fast-check';

/** Milliseconds. What was tried until then counts. */
const LONGEST = 60;

fc.configureGlobal({ interruptAfterTimeLimit: LONGEST });
