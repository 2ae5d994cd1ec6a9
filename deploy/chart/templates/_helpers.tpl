{{- define "byline.name" -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{- define "byline.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "byline.labels" -}}
{{ include "byline.selector" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "byline.image" -}}
image: {{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- end }}

{{/* What every pod has: no token of the cluster, no root, and where it may run. */}}
{{- define "byline.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false # a Service named byline would set BYLINE_PORT
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "byline.security" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{/* The variables of whatever opens the index: those of the Secret, and the key of the models' service by both names. */}}
{{- define "byline.environment" -}}
envFrom:
  - secretRef: {name: {{ .Values.secret }}}
env:
  - {name: BYLINE_DATABASE_URL, value: {{ .Values.databaseUrl | quote }}}
  {{- with .Values.chromaUrl }}
  - {name: BYLINE_STORE_URL, value: {{ . | quote }}}
  {{- end }}
  - {name: BYLINE_PRECISION, value: {{ .Values.precision }}}
  - {name: BYLINE_EMBEDDER_URL, value: "http://{{ include "byline.name" . }}-models:7861"}
  - {name: BYLINE_JUDGE_URL, value: "http://{{ include "byline.name" . }}-models:7861"}
  - name: BYLINE_EMBEDDER_KEY
    valueFrom: {secretKeyRef: {name: {{ .Values.secret }}, key: BYLINE_SERVICE_KEY}}
  - name: BYLINE_JUDGE_KEY
    valueFrom: {secretKeyRef: {name: {{ .Values.secret }}, key: BYLINE_SERVICE_KEY}}
  {{- if .Values.users }}
  - {name: BYLINE_AUTH, value: /etc/byline-users/users.json}
  {{- end }}
{{- end }}

{{- define "byline.mounts" -}}
- {name: folder, mountPath: /var/lib/byline}
- {name: temporary, mountPath: /tmp}
- {name: settings, mountPath: /etc/byline, readOnly: true}
{{- if .Values.users }}
- {name: users, mountPath: /etc/byline-users, readOnly: true}
{{- end }}
{{- end }}

{{- define "byline.volumes" -}}
- {name: folder, emptyDir: {sizeLimit: {{ .Values.folder.size }}}}
- {name: temporary, emptyDir: {sizeLimit: 1Gi}}
- {name: settings, configMap: {name: {{ include "byline.name" . }}}}
{{- if .Values.users }}
- {name: users, secret: {secretName: {{ .Values.users }}}}
{{- end }}
{{- end }}
