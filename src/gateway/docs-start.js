// Shows the contract, and signs in when the address carries a log-in:
// /docs#sign-in=NAME:PASSWORD, as `npm start` prints it. A fragment is never sent to a server.
const [, login, password] = /^#sign-in=([^:]+):(.+)$/.exec(location.hash) ?? [];
// The password must not stay in the address bar or the history.
if (login) history.replaceState(null, '', location.pathname);

const viewer = window.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#viewer',
  deepLinking: true,
  tryItOutEnabled: true,
  onComplete: () => {
    if (login) void signIn();
  },
});

async function signIn() {
  const response = await fetch('/v1/sessions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      login: decodeURIComponent(login),
      password: decodeURIComponent(password),
    }),
  });
  const answer = await response.json();
  const notice = document.querySelector('#notice');
  if (!response.ok) {
    notice.textContent = `Not signed in: ${answer.detail}`;
    return;
  }
  viewer.preauthorizeApiKey('bearer', answer.accessToken);
  notice.textContent = `Signed in as ${answer.user.username} (${answer.user.role}) for ten minutes.`;
}
