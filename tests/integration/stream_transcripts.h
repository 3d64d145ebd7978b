// Short streams of each provider dialect, written from the providers' documentation, frame by frame: a text with
// characters of several bytes and a tool call with its arguments in pieces. And what a caller's stream must look like
// when it is whole and when its provider was cut, for each surface. Shares nothing with gatewaycore/transform. Pure.
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

namespace gateway::test {

enum class CallerSurface
{
    Chat,
    Responses,
    Anthropic,
    Gemini,
};
inline constexpr int kCallerSurfaces = 4;
const char* nameOf(CallerSurface surface);

// A streamed answer as the provider sends it. Its body runs until the connection closes, so that no framing of HTTP
// tells that it was cut: only the dialect's own end mark does.
struct StreamTranscript
{
    QByteArray head;
    QList<QByteArray> frames;
    int contentFrame = 0; // the first with content
    int endFrame = 0;     // the one that ends the stream

    QByteArray bytes() const;
    qsizetype after(int frame) const; // how many bytes there are with this frame's last one
};

// What a provider of this kind (openai, anthropic, gemini, bedrock) streams for a caller of that surface.
StreamTranscript streamTranscript(const QByteArray& kind, CallerSurface surface);

// A streaming request of that surface for this alias, with its credential.
QByteArray streamRequest(CallerSurface surface, const QByteArray& alias, const QByteArray& key);

// Why a caller's stream is not a whole one, or not one that says it broke; empty if it is.
QString faultOfWhole(CallerSurface surface, const QByteArray& body);
QString faultOfBroken(CallerSurface surface, const QByteArray& body);

} // namespace gateway::test
