/** What stands for itself in a regular expression? */

/** The text with every character that means something in a regular expression escaped. */
export const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
