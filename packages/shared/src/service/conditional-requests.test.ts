import { describe, expect, it } from 'vitest';
import { matchesIfNoneMatch } from './conditional-requests.ts';

describe('matchesIfNoneMatch', () => {
  it.each([
    ['the tag', '"abc"'],
    ['the tag, weak', 'W/"abc"'],
    ['a list that contains it', '"other", "abc"'],
    ['a list that contains it, weak', 'W/"other",W/"abc" , "more"'],
    ['a list with empty elements', ', "abc",,'],
    ['surrounding whitespace', ' \t"abc" '],
    ['any tag', '*'],
    ['any tag, with whitespace', ' * '],
  ])('matches %s: %s', (_, header) => {
    expect(matchesIfNoneMatch(header, '"abc"')).toBe(true);
    expect(matchesIfNoneMatch(header, 'W/"abc"')).toBe(true);
  });

  it.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['another tag', '"other"'],
    ['a longer tag', '"abcd"'],
    ['a tag in another case', '"ABC"'],
    ['a tag that contains the quoted one', '"x"abc"'],
    ['the tag after something else', 'x"abc"'],
    ['the tag without quotes', 'abc'],
    ['the mark of weakness in lower case', 'w/"abc"'],
    ['an asterisk as a tag', '"*"'],
    ['an asterisk in a list', '"other", *'],
  ])('does not match %s: %s', (_, header) => {
    expect(matchesIfNoneMatch(header, '"abc"')).toBe(false);
  });
});
