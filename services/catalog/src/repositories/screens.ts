import type { Author } from '@boxoffice/shared/contracts/audit';
import type { Rows } from '@boxoffice/shared/contracts/pagination';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import {
  gap,
  type ScreenBody,
  type ScreenChangeBody,
  type ScreenQuery,
  type ScreenView,
} from '@boxoffice/shared/contracts/screens';
import { changedFields } from '@boxoffice/shared/database/audit';
import { LayoutRow, Screen, Show } from '@boxoffice/shared/database/entities/catalog';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import type { Layout } from '@boxoffice/shared/layout';
import { LockMode, UniqueConstraintViolationException } from '@mikro-orm/core';
import { addAuditLines } from './audit-lines.ts';
import { findLayouts, getLayout, saveLayout } from './layouts.ts';

/** One page of the screens, by name. */
export async function listScreens(em: EntityManager, { page, page_size }: ScreenQuery): Promise<Rows<ScreenView>> {
  const [screens, count] = await em.findAndCount(
    Screen,
    {},
    { orderBy: { name: 'asc', id: 'asc' }, limit: page_size, offset: (page - 1) * page_size },
  );
  const layouts = await findLayouts(
    em,
    screens.map((screen) => screen.layout.id),
  );
  const results = screens.flatMap((screen) => {
    const layout = layouts.get(screen.layout.id);
    return layout ? [screenView(screen, layout)] : [];
  });
  return { count, results };
}

/** @throws {ProblemError} screen_not_found */
export async function getScreen(em: EntityManager, id: number): Promise<ScreenView> {
  const screen = await em.findOne(Screen, { id });
  if (!screen) throw screenNotFound(id);
  return viewOf(em, screen);
}

/** @throws {ProblemError} screen_name_taken */
export function createScreen(em: EntityManager, { name, layout, legend }: ScreenBody, author: Author) {
  return em.transactional(async (em): Promise<ScreenView> => {
    const layoutId = await saveLayout(em, { rows: layout, legend });
    const screen = em.create(Screen, { name, layout: em.getReference(LayoutRow, layoutId) });
    await flushScreen(em, screen);
    const view = await viewOf(em, screen);
    await addAuditLines(em, author, [{ subject: 'screen', id: view.id, after: view }]);
    return view;
  });
}

/**
 * Writes the given fields only. Existing shows keep the name and the layout they were created with.
 *
 * @throws {ProblemError} screen_not_found, screen_name_taken
 */
export function changeScreen(em: EntityManager, id: number, change: ScreenChangeBody, author: Author) {
  return em.transactional(async (em): Promise<ScreenView> => {
    const screen = await getScreenForChange(em, id);
    const before = await viewOf(em, screen);
    const { name, layout, legend } = change;
    if (name !== undefined) screen.name = name;
    if (layout && legend) screen.layout = em.getReference(LayoutRow, await saveLayout(em, { rows: layout, legend }));
    await flushScreen(em, screen);
    const after = await viewOf(em, screen);
    const changed = changedFields(before, after);
    if (changed) await addAuditLines(em, author, [{ subject: 'screen', id, ...changed }]);
    return after;
  });
}

/**
 * Deletes a screen that has no shows. The lock keeps shows from being added meanwhile.
 *
 * @throws {ProblemError} screen_not_found, has_shows
 */
export function deleteScreen(em: EntityManager, id: number, author: Author): Promise<void> {
  return em.transactional(async (em) => {
    const screen = await getScreenForChange(em, id);
    const before = await viewOf(em, screen);
    const shows = await em.count(Show, { screen: id });
    if (shows > 0) {
      const counted = shows === 1 ? '1 show' : `${shows} shows`;
      throw new ProblemError('has_shows', `Screen ${id} has ${counted}, past ones included. Delete its shows first.`);
    }
    await em.nativeDelete(Screen, { id });
    await addAuditLines(em, author, [{ subject: 'screen', id, before }]);
  });
}

/**
 * Reads the screen that a show is to be on, and locks it: shows are added to a screen one at a time.
 *
 * @throws {ProblemError} validation_failed if there is no such screen
 */
export async function getScreenForShow(em: EntityManager, id: number): Promise<Screen> {
  const screen = await em.findOne(Screen, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (screen) return screen;
  const message = `There is no screen ${id}`;
  throw new ProblemError('validation_failed', `screen_id: ${message}`, { errors: { screen_id: [message] } });
}

async function getScreenForChange(em: EntityManager, id: number): Promise<Screen> {
  const screen = await em.findOne(Screen, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!screen) throw screenNotFound(id);
  return screen;
}

async function flushScreen(em: EntityManager, { name }: Screen): Promise<void> {
  try {
    await em.flush();
  } catch (error) {
    if (!(error instanceof UniqueConstraintViolationException)) throw error;
    throw new ProblemError('screen_name_taken', `There is already a screen called ${name}.`);
  }
}

function screenNotFound(id: number): ProblemError {
  return new ProblemError('screen_not_found', `There is no screen ${id}.`);
}

async function viewOf(em: EntityManager, screen: Screen): Promise<ScreenView> {
  return screenView(screen, await getLayout(em, screen.layout.id));
}

function screenView({ id, name }: Screen, { rows, legend }: Layout): ScreenView {
  const categories = countByCategory({ rows, legend });
  const total_seats = Object.values(categories).reduce((sum, seats) => sum + seats, 0);
  return { id, name, layout: [...rows], legend, total_seats, categories };
}

function countByCategory({ rows, legend }: Layout): Record<string, number> {
  const counts = new Map<string, number>();
  for (const place of rows.join('')) {
    const category = place === gap ? undefined : legend[place]?.category;
    if (category !== undefined) counts.set(category, (counts.get(category) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}
