/** Pages: the web pages, the operators' board and the documentation. */
import type { Http } from '@boxoffice/shared/service/http';
import { addDocumentationPages } from './documentation-pages.ts';
import { addIcon } from './icon.ts';
import type { LandingPageDependencies } from './landing-page.ts';
import { addOperatorsBoard, type BoardDependencies } from './operators-board.ts';
import { addPages } from './pages.ts';

export interface Dependencies extends LandingPageDependencies, BoardDependencies {}

export function register(http: Http, dependencies: Dependencies): void {
  addDocumentationPages(http);
  void http.register(addIcon);
  addOperatorsBoard(http, dependencies);
  addPages(http, dependencies);
}
