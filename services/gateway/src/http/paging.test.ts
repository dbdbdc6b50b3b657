import { describe, expect, it } from 'vitest';
import { pageLinks } from './paging.ts';

const request = (originalUrl: string) => ({
  originalUrl,
  server: { publicUrl: () => 'https://tickets.example:8443' },
});

describe('pageLinks', () => {
  it('has no links when there is only one page, or none', () => {
    expect(pageLinks(request('/api/movies/'), 1, 20, 20)).toEqual({ next: null, previous: null });
    expect(pageLinks(request('/api/movies/'), 1, 20, 0)).toEqual({ next: null, previous: null });
  });

  it('links to both neighbours and keeps path and other parameters', () => {
    expect(pageLinks(request('/movies/?search=a%26b&page=2&page_size=5'), 2, 5, 11)).toEqual({
      next: 'https://tickets.example:8443/movies/?search=a%26b&page=3&page_size=5',
      previous: 'https://tickets.example:8443/movies/?search=a%26b&page=1&page_size=5',
    });
    expect(pageLinks(request('/movies/?search=who?'), 1, 20, 21).next).toContain('?search=who%3F&page=2');
  });

  it('adds the parameter when the request had none', () => {
    expect(pageLinks(request('/api/movies/'), 1, 20, 21).next).toBe('https://tickets.example:8443/api/movies/?page=2');
  });

  it('links back to the last page from beyond the end', () => {
    expect(pageLinks(request('/api/movies/?page=90'), 90, 20, 45)).toEqual({
      next: null,
      previous: 'https://tickets.example:8443/api/movies/?page=3',
    });
    expect(pageLinks(request('/api/movies/?page=90'), 90, 20, 0).previous).toBe(
      'https://tickets.example:8443/api/movies/?page=1',
    );
  });

  it('never links beyond the last page that can be requested', () => {
    expect(pageLinks(request('/api/movies/?page=100000'), 100_000, 1, 200_000).next).toBeNull();
  });

  it('stays on its own host whatever the path looks like', () => {
    expect(pageLinks(request('//evil.example/x'), 1, 1, 2).next).toBe(
      'https://tickets.example:8443//evil.example/x?page=2',
    );
  });
});
