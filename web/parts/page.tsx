import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './icon.tsx';

type Props = {
  title: string;
  /** Stands on the right of the title. */
  actions?: ComponentChildren;
  /** Where the reader came from. */
  back?: { href: string; label: string };
  children: ComponentChildren;
  wide?: boolean;
};

/** Who has just come begins at the top of the document, with the way past the header. */
const isFirstPage = signal(true);

/** A page: its name in the tab and as its heading, which is where reading begins. */
export function Page({ title, actions, back, children, wide }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Bazar`;
  }, [title]);
  useEffect(() => {
    const isFirst = isFirstPage.peek();
    isFirstPage.value = false;
    // A field that asks for the focus keeps it.
    if (
      !isFirst &&
      !heading.current?.parentElement?.parentElement?.contains(document.activeElement)
    ) {
      heading.current?.focus({ preventScroll: true });
    }
  }, []);
  return (
    <div class={wide ? 'page wide' : 'page'}>
      {back && (
        <a class="back" href={back.href}>
          <Icon name="back" />
          {back.label}
        </a>
      )}
      <div class="head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions && <div class="actions">{actions}</div>}
      </div>
      {children}
    </div>
  );
}

type SectionProps = { title: string; actions?: ComponentChildren; children: ComponentChildren };

/** A framed part of a page. */
export function Section({ title, actions, children }: SectionProps) {
  return (
    <section class="card section">
      <div class="head">
        <h2>{title}</h2>
        {actions && <div class="actions">{actions}</div>}
      </div>
      {children}
    </section>
  );
}
