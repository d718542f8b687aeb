import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

type Look = 'primary' | 'plain' | 'quiet' | 'danger';

type Props = {
  children?: ComponentChildren;
  look?: Look;
  icon?: IconName;
  /** For buttons without words. */
  label?: string;
  type?: 'button' | 'submit';
  /** Something is under way: pressing it again does nothing, and the focus stays. */
  isBusy?: boolean;
  isDisabled?: boolean;
  isPressed?: boolean;
  small?: boolean;
  onPress?: () => void;
};

export function Button(props: Props) {
  const { children, look = 'plain', icon, label, type = 'button', isPressed, small } = props;
  const { isBusy = false, isDisabled = false, onPress } = props;
  return (
    <button
      type={type}
      class={`button ${look}${small ? ' small' : ''}`}
      aria-label={label}
      title={label}
      aria-busy={isBusy}
      aria-disabled={isBusy || undefined}
      aria-pressed={isPressed}
      disabled={isDisabled}
      onClick={(event) => {
        if (isBusy) event.preventDefault();
        else onPress?.();
      }}
    >
      {isBusy ? <span class="spinner" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

type LinkProps = {
  href: string;
  children: ComponentChildren;
  look?: Look;
  icon?: IconName;
  small?: boolean;
};

/** A link that looks like a button: it leads somewhere, it does nothing. */
export function ButtonLink({ href, children, look = 'plain', icon, small }: LinkProps) {
  return (
    <a class={`button ${look}${small ? ' small' : ''}`} href={href}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  );
}
