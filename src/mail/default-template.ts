import type { Template } from './template.ts'

/** Our own template, in English, for languages in which an operator has put none. */
export const defaultTemplate: Template = {
  subject:
    '{{#inviterName}}{{inviterName}} invites you{{/inviterName}}{{^inviterName}}You are invited{{/inviterName}} to {{organizationName}}',
  text: `{{#inviterName}}{{inviterName}} invites you{{/inviterName}}{{^inviterName}}You are invited{{/inviterName}} to join {{organizationName}}{{#roleNames}} as {{roleNames}}{{/roleNames}}.

Open this link to see the invitation, and to answer it:

{{link}}

It is for {{email}} alone, and good until {{expiresAt}}. Keep it to yourself.

You do not know what this is about? Then do nothing: nobody becomes a member without you.
`,
  html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{organizationName}}</title>
</head>
<body style="margin:0;background:#f4f4f6;color:#1c1c21;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif">
<div style="max-width:34rem;margin:0 auto;padding:2rem 1rem">
<div style="background:#ffffff;border-top:4px solid {{primaryColor}};border-radius:8px;padding:2rem">
{{#organizationLogoUrl}}
<img src="{{organizationLogoUrl}}" alt="" height="48" style="display:block;max-width:12rem;height:3rem;margin:0 0 1.5rem">
{{/organizationLogoUrl}}
<h1 style="margin:0 0 1rem;font-size:1.35rem">Join {{organizationName}}</h1>
<p style="margin:0 0 1.5rem">{{#inviterName}}<strong>{{inviterName}}</strong> invites you{{/inviterName}}{{^inviterName}}You are invited{{/inviterName}} to join <strong>{{organizationName}}</strong>{{#roleNames}} as {{roleNames}}{{/roleNames}}.</p>
<p style="margin:0 0 1.5rem"><a href="{{link}}" style="display:inline-block;padding:.7rem 1.4rem;border-radius:6px;background:{{primaryColor}};color:{{onPrimaryColor}};text-decoration:none;font-weight:600">See the invitation</a></p>
<p style="margin:0 0 1rem;font-size:.875rem;color:#54545f">Or copy this link:<br><a href="{{link}}" style="color:#54545f;word-break:break-all">{{link}}</a></p>
<p style="margin:0;font-size:.875rem;color:#54545f">It is for {{email}} alone, and good until {{expiresAt}}. Keep it to yourself. You do not know what this is about? Then do nothing: nobody becomes a member without you.</p>
</div>
</div>
</body>
</html>
`,
}
