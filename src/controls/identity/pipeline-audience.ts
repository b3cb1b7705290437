import { control, terraform } from "../control.ts";
import {
  claimOf,
  GIVEN_PART,
  labelOf,
  pipelineRolesOf,
  placeOfCondition,
  principalsOfType,
  trustOf,
} from "../evidence/iam.ts";
import { ofType } from "../evidence/probe.ts";
import { isSetOf } from "../evidence/require.ts";
import { withoutPipeline } from "../reasons.ts";

export default control({
  id: "identity.pipeline-audience",
  title: "The pipeline's roles take only tokens that were made for AWS, by the repository's own CI",
  why: "A token that a job made for another service, such as a registry, could be replayed by that service to become the role.",
  severity: "high",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  notApplicable: withoutPipeline,
  evidence: [
    terraform((subject, probe) => {
      const gitlab = subject.config?.ci === "gitlab";
      for (const { root, plan, apply } of pipelineRolesOf(probe, subject)) {
        const audiences = new Set<string>();
        for (const role of [...plan, ...apply])
          for (const statement of trustOf(probe, role)) {
            const what = `${role.address}: ${labelOf(statement)}`;
            const values = claimOf(statement, "aud");
            const [value = ""] = values ?? [];
            probe.that(
              values?.length === 1 &&
                (gitlab ? ADDRESS.test(value) : value === "sts.amazonaws.com"),
              placeOfCondition(statement, ":aud"),
              `${what} asks for the audience ${values?.join(", ") ?? "of nobody (no StringEquals on aud)"}, it must be ${gitlab ? "the address of the GitLab instance" : "sts.amazonaws.com"}`,
              root.path,
            );
            if (values !== undefined) audiences.add(value);
            for (const issuer of principalsOfType(statement, "Federated"))
              probe.that(
                gitlab
                  ? issuer.endsWith(`:oidc-provider/${value.replace("https://", "")}`)
                  : issuer.endsWith(":oidc-provider/token.actions.githubusercontent.com"),
                statement.placeOf("principals"),
                `${what} trusts the issuer ${issuer}, which is not the repository's CI`,
                root.path,
              );
          }
        // It may be there already, made by another repository.
        for (const provider of ofType(root, "aws_iam_openid_connect_provider"))
          if (audiences.size > 0) probe.expect(provider, "client_id_list", isSetOf(...audiences));
      }
    }),
  ],
  fix: "Compare the issuer's aud with the one audience that the workflows ask for, by StringEquals.",
  mutants: [
    {
      title: "The audience does not count",
      edits: [
        {
          file: "modules/ci-identity/main.roles.tf",
          replace:
            / {4}condition \{\n {6}test {5}= "StringEquals"\n {6}variable = "\$\{local.issuer\}:aud"\n[^}]*\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "Another audience for the whole module",
      of: "bank",
      edits: [
        {
          file: "bootstrap/main.ci.tf",
          replace: 'audience             = "sts.amazonaws.com"',
          with: 'audience             = "registry"',
        },
      ],
    },
    {
      title: "Another issuer, that anyone can get tokens from",
      edits: [
        {
          file: "bootstrap/main.ci.tf",
          replace: '"https://token.actions.githubusercontent.com"',
          with: '"https://gitlab.com"',
        },
      ],
    },
    {
      title: "A further audience of the provider",
      of: "government",
      edits: [
        {
          file: "modules/ci-identity/main.provider.tf",
          replace: "[var.audience]",
          with: '[var.audience, "vault"]',
        },
      ],
    },
  ],
});

const ADDRESS = new RegExp(`^(https://[a-z0-9.-]+|${GIVEN_PART})$`);
