import { Button } from '../parts/button.tsx';
import { copyAndSay } from '../parts/copy.ts';

/** Something to be looked for elsewhere, such as in the logs. */
export function Copyable({ name, text }: { name: string; text: string }) {
  return (
    <span class="staff-copyable">
      <code>{text}</code>
      {/* Where the page is not secure, browsers have no clipboard. */}
      {isSecureContext && (
        <Button
          small
          look="quiet"
          icon="copy"
          label={`Copy the ${name}`}
          onPress={() => void copyAndSay(text, `Copied the ${name}`)}
        />
      )}
    </span>
  );
}
