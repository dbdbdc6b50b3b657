import type { Screen, ScreenWriteInput } from '@boxoffice/client';
import { useState } from 'react';
import { Field, Input } from '../../lib/fields.tsx';
import { type FieldErrors, Form } from '../../lib/form.tsx';
import { Outage } from '../../lib/notices.tsx';
import { Link, navigate } from '../../lib/router.tsx';
import { boxoffice } from '../../lib/session.ts';
import { useAdminQuery } from '../access.ts';
import { PageHead } from '../page-head.tsx';
import { HallPlan } from './hall-plan.tsx';
import { importCsv, legendOf, rowsOf, textOf } from './hall-text.ts';

const path = '/api/admin/screens/{id}/';

export function NewScreen() {
  return (
    <>
      <PageHead title="Add a screen" />
      <ScreenForm
        submitLabel="Add"
        onSave={async (body) => {
          await boxoffice.post('/api/admin/screens/', { body });
          navigate('/screens');
        }}
      />
    </>
  );
}

export function EditScreen({ id }: { id: number }) {
  const {
    data: screen,
    outage,
    problem,
  } = useAdminQuery(`screen ${id}`, (signal) => boxoffice.get(path, { params: { path: { id } }, signal }));
  return (
    <>
      <PageHead title={screen?.name ?? 'Screen'}>
        <Link className="button" to={`/audit?subject=screen&subject_id=${id}`}>
          Audit
        </Link>
      </PageHead>
      <Outage message={outage ?? problem?.message} />
      {screen && (
        <ScreenForm
          screen={screen}
          submitLabel="Save"
          onSave={async (body) => {
            await boxoffice.put(path, { params: { path: { id } }, body });
            navigate('/screens');
          }}
        />
      )}
    </>
  );
}

interface ScreenFormProps {
  screen?: Screen;
  submitLabel: string;
  onSave: (body: ScreenWriteInput) => Promise<void>;
}

const example = { rows: 'SSSS SSSS\nSSSS SSSS\nPPPP PPPP', legend: 'S standard\nP premium\nW standard accessible' };

/** The text of a hall, with the hall drawn beside it as it is typed. */
function ScreenForm({ screen, submitLabel, onSave }: ScreenFormProps) {
  const [rows, setRows] = useState(screen?.layout.join('\n') ?? example.rows);
  const [legend, setLegend] = useState(screen ? textOf(screen.legend) : example.legend);
  const hall = { rows: rowsOf(rows), legend: legendOf(legend) };
  const read = async (file: File | undefined) => {
    if (!file) return;
    const plan = importCsv(await file.text());
    setRows(plan.rows);
    setLegend(plan.legend);
  };
  return (
    <div className="screen-editor">
      <Form
        className="card form"
        submitLabel={submitLabel}
        cancel={
          <Link className="button" to="/screens">
            Cancel
          </Link>
        }
        onSubmit={({ name = '' }) => onSave({ name, layout: hall.rows, legend: hall.legend })}
      >
        {(errors) => (
          <>
            <Input label="Name" name="name" value={screen?.name} errors={errors.name} required />
            <Field
              label="Seats"
              hint="One line per row, from the front; a space or _ is a gap. Existing shows keep their seats."
              errors={errors.layout}
            >
              {(control) => (
                <textarea
                  className="plan"
                  rows={linesOf(rows, 10)}
                  spellCheck={false}
                  value={rows}
                  onChange={({ currentTarget }) => setRows(currentTarget.value)}
                  {...control}
                />
              )}
            </Field>
            <Field
              label="Legend"
              hint="One line per character, for example: W standard accessible"
              errors={errorsOfLegend(errors)}
            >
              {(control) => (
                <textarea
                  className="plan"
                  rows={linesOf(legend, 3)}
                  spellCheck={false}
                  value={legend}
                  onChange={({ currentTarget }) => setLegend(currentTarget.value)}
                  {...control}
                />
              )}
            </Field>
            <Field label="Import a plan" hint="CSV: one line per row, one cell per place, empty where there is no seat">
              {(control) => (
                <input
                  type="file"
                  accept=".csv,text/csv"
                  onChange={({ currentTarget }) => void read(currentTarget.files?.[0])}
                  {...control}
                />
              )}
            </Field>
          </>
        )}
      </Form>
      <HallPlan {...hall} />
    </div>
  );
}

/** The height of a field that shows all of a text, within reason. */
function linesOf(text: string, least: number): number {
  return Math.min(Math.max(text.split('\n').length, least), 30);
}

/** The errors of the legend or of any line of it. */
function errorsOfLegend(errors: FieldErrors): string[] | undefined {
  const found = Object.entries(errors).filter(([field]) => field === 'legend' || field.startsWith('legend.'));
  return found.length > 0 ? found.flatMap(([, messages]) => messages) : undefined;
}
