using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Tests.Protocol.Json;

/// <summary>One JSON text for each record of the wire, with all its fields, and one with the least.</summary>
internal static class WireSamples
{
    private const string Tokens = """{"input":3,"output":2,"reasoning":1,"cache":{"read":0,"write":0}}""";
    private const string Place = "\"id\":\"prt_1\",\"sessionID\":\"ses_1\",\"messageID\":\"msg_1\"";
    private const string LeastSession =
        $$$$$"""{"id":"ses_1","slug":"calm-cove","projectID":"global","directory":"/d","title":"T","version":"1.18.33","time":{"created":1,"updated":2},"path":"","cost":0,"tokens":{{{{{Tokens}}}}}}""";

    private const string LeastAssistant =
        $$$$$"""{"id":"msg_2","sessionID":"ses_1","role":"assistant","time":{"created":1},"parentID":"msg_1","modelID":"m","providerID":"p","mode":"build","agent":"build","path":{"cwd":"/d","root":"/"},"cost":0.25,"tokens":{{{{{Tokens}}}}}}""";

    private const string LeastUser =
        """{"id":"msg_1","sessionID":"ses_1","role":"user","time":{"created":1},"agent":"build","model":{"providerID":"p","modelID":"m"}}""";

    public static TheoryData<Type, string> All => new()
    {
        { typeof(Session), LeastSession },
        {
            typeof(Session),
            $$$$$"""{"id":"ses_1","slug":"calm-cove","projectID":"abc","directory":"/d","path":"sub","parentID":"ses_0","title":"T","version":"1.18.33","time":{"created":1,"updated":2,"compacting":3,"archived":4},"cost":0.5,"tokens":{{{{{Tokens}}}}},"agent":"build","model":{"id":"m","providerID":"p","variant":"high"},"summary":{"additions":1,"deletions":2,"files":3},"revert":{"messageID":"msg_1","partID":"prt_1","snapshot":"s","diff":"d"},"permission":[{"permission":"bash","pattern":"*","action":"ask"}]}"""
        },
        { typeof(SessionStatus), """{"type":"idle"}""" },
        { typeof(SessionStatus), """{"type":"busy"}""" },
        { typeof(SessionStatus), """{"type":"retry","attempt":2,"message":"m","next":1800000000000}""" },
        { typeof(Message), LeastUser },
        {
            typeof(Message),
            """{"id":"msg_1","sessionID":"ses_1","role":"user","time":{"created":1},"agent":"build","model":{"providerID":"p","modelID":"m","variant":"v"},"system":"s","tools":{"bash":false},"summary":{"title":"t","body":"b","diffs":[{"file":"f","patch":"p","additions":1,"deletions":0,"status":"added"}]}}"""
        },
        { typeof(Message), LeastAssistant },
        {
            typeof(Message),
            $$$$$"""{"id":"msg_2","sessionID":"ses_1","role":"assistant","time":{"created":1,"completed":9},"parentID":"msg_1","modelID":"m","providerID":"p","mode":"build","agent":"build","path":{"cwd":"/d","root":"/"},"cost":0,"tokens":{"total":6,"input":3,"output":2,"reasoning":1,"cache":{"read":0,"write":0}},"finish":"stop","summary":true,"variant":"v","error":{"name":"MessageAbortedError","data":{"message":"Aborted"}}}"""
        },
        { typeof(MessageError), """{"name":"APIError","data":{"message":"m","statusCode":400,"isRetryable":false,"responseHeaders":{"a":"b"},"responseBody":"x","metadata":{"url":"u"}}}""" },
        { typeof(MessageError), """{"name":"ProviderAuthError","data":{"providerID":"p","message":"m"}}""" },
        { typeof(MessageError), """{"name":"UnknownError","data":{"message":"m","ref":"err_1"}}""" },
        { typeof(MessageError), """{"name":"MessageOutputLengthError","data":{}}""" },
        { typeof(MessageWithParts), $$$$$"""{"info":{{{{{LeastUser}}}}},"parts":[{{{{{{Place}}}}},"type":"text","text":"hi"}]}""" },
        { typeof(Part), $$$$$"""{{{{{{Place}}}}},"type":"text","text":"hi"}""" },
        { typeof(Part), $$$$$"""{{{{{{Place}}}}},"type":"text","text":"","synthetic":true,"ignored":false,"time":{"start":1,"end":2},"metadata":{"a":[1,null]}}""" },
        { typeof(Part), $$$$$"""{{{{{{Place}}}}},"type":"reasoning","text":"hm","time":{"start":1},"metadata":{"signature":"s"}}""" },
        { typeof(Part), $$$$$"""{{{{{{Place}}}}},"type":"tool","callID":"c","tool":"bash","state":{"status":"pending","input":{},"raw":""}}""" },
        { typeof(Part), $$$$$"""{{{{{{Place}}}}},"type":"tool","callID":"c","tool":"bash","metadata":{"x":1},"state":{"status":"running","input":{"command":"ls"},"title":"t","metadata":{"output":""},"time":{"start":1}}}""" },
        { typeof(Part), $$$$$"""{{{{{{Place}}}}},"type":"tool","callID":"c","tool":"bash","state":{"status":"completed","input":{"command":"ls"},"output":"o","title":"t","metadata":{"exit":null},"time":{"start":1,"end":2},"attachments":[{{{{{{Place}}}}},"type":"file","mime":"text/plain","url":"file:///d/a"}]}}""" },
        { typeof(Part), $$$$$"""{{{{{{Place}}}}},"type":"tool","callID":"c","tool":"bash","state":{"status":"error","input":{},"error":"e","metadata":{},"time":{"start":1,"end":2}}}""" },
        { typeof(Part), $$$$$"""{{{{{{Place}}}}},"type":"step-start","snapshot":"s"}""" },
        { typeof(Part), $$$$$"""{{{{{{Place}}}}},"type":"step-finish","reason":"stop","snapshot":"s","cost":0,"tokens":{{{{{Tokens}}}}}}""" },
        { typeof(Part), $$$$$"""{{{{{{Place}}}}},"type":"file","mime":"image/png","filename":"a.png","url":"data:image/png;base64,AA==","source":{"type":"file","path":"a","text":{"value":"@a","start":0,"end":2}}}""" },
        { typeof(Part), $$$$$"""{{{{{{Place}}}}},"type":"agent","name":"general","source":{"value":"@general","start":0,"end":8}}""" },
        { typeof(Part), $$$$$"""{{{{{{Place}}}}},"type":"subtask","prompt":"p","description":"d","agent":"general","model":{"providerID":"p","modelID":"m"},"command":"c"}""" },
        { typeof(Part), $$$$$"""{{{{{{Place}}}}},"type":"patch","hash":"h","files":["/d/a"]}""" },
        { typeof(Part), $$$$$"""{{{{{{Place}}}}},"type":"compaction","auto":false,"overflow":true,"tail_start_id":"msg_3"}""" },
        { typeof(ToolState), """{"status":"running","input":{},"time":{"start":1}}""" },
        { typeof(PromptPart), """{"type":"agent","name":"general"}""" },
        { typeof(CreateSession), "{}" },
        { typeof(CreateSession), """{"parentID":"ses_0","title":"T","agent":"build","model":{"id":"m","providerID":"p"},"permission":[{"permission":"*","pattern":"*","action":"deny"}]}""" },
        { typeof(UpdateSession), """{"title":"T","time":{"archived":5},"permission":[{"permission":"*","pattern":"*","action":"allow"}]}""" },
        { typeof(ForkSession), """{"messageID":"msg_1"}""" },
        { typeof(RevertSession), """{"messageID":"msg_1","partID":"prt_1"}""" },
        { typeof(InitSession), """{"providerID":"p","modelID":"m","messageID":"msg_1"}""" },
        { typeof(SummarizeSession), """{"providerID":"p","modelID":"m","auto":true}""" },
        { typeof(Prompt), """{"parts":[{"type":"text","text":"hi"}]}""" },
        {
            typeof(Prompt),
            """{"messageID":"msg_1","model":{"providerID":"p","modelID":"m"},"agent":"a","noReply":true,"system":"s","tools":{"bash":true},"variant":"v","parts":[{"id":"prt_1","type":"text","text":"hi","synthetic":true,"ignored":true,"time":{"start":1},"metadata":{}},{"type":"file","mime":"m","filename":"f","url":"file:///a","source":{}},{"type":"agent","name":"n","source":{}},{"type":"subtask","prompt":"p","description":"d","agent":"a","model":{"providerID":"p","modelID":"m"},"command":"c"}]}"""
        },
        { typeof(Shell), """{"command":"ls","agent":"build","model":{"providerID":"p","modelID":"m"},"messageID":"msg_1"}""" },
        { typeof(RunCommand), """{"command":"init","arguments":"","messageID":"msg_1","agent":"a","model":"p/m","variant":"v","parts":[{"type":"file","mime":"m","url":"u"}]}""" },
        { typeof(PermissionReply), """{"reply":"reject","message":"no"}""" },
        { typeof(SessionPermissionReply), """{"response":"always"}""" },
        { typeof(QuestionReply), """{"answers":[["Red"],[]]}""" },
        { typeof(TuiPublish), """{"type":"tui.toast.show","properties":{"message":"m"}}""" },
        { typeof(PermissionRequest), """{"id":"per_1","sessionID":"ses_1","permission":"bash","patterns":["ls -l"],"metadata":{"command":"ls -l"},"always":["ls *"],"tool":{"messageID":"msg_1","callID":"c"}}""" },
        { typeof(QuestionRequest), """{"id":"que_1","sessionID":"ses_1","questions":[{"question":"q?","header":"h","options":[{"label":"l","description":"d"}],"multiple":true,"custom":false}],"tool":{"messageID":"msg_1","callID":"c"}}""" },
        { typeof(SessionCreated), $$$$$"""{"sessionID":"ses_1","info":{{{{{LeastSession}}}}}}""" },
        { typeof(SessionUpdated), $$$$$"""{"sessionID":"ses_1","info":{{{{{LeastSession}}}}}}""" },
        { typeof(SessionDeleted), $$$$$"""{"sessionID":"ses_1","info":{{{{{LeastSession}}}}}}""" },
        { typeof(SessionStatusChanged), """{"sessionID":"ses_1","status":{"type":"busy"}}""" },
        { typeof(SessionIdled), """{"sessionID":"ses_1"}""" },
        { typeof(SessionFailed), """{"sessionID":"ses_1","error":{"name":"UnknownError","data":{"message":"m"}}}""" },
        { typeof(SessionFailed), """{"error":{"name":"UnknownError","data":{"message":"m"}}}""" },
        { typeof(SessionDiffed), """{"sessionID":"ses_1","diff":[{"file":"f","additions":1,"deletions":1}]}""" },
        { typeof(SessionCompacted), """{"sessionID":"ses_1"}""" },
        { typeof(TodoUpdated), """{"sessionID":"ses_1","todos":[{"content":"c","status":"pending","priority":"high"}]}""" },
        { typeof(CommandExecuted), """{"name":"init","sessionID":"ses_1","arguments":"","messageID":"msg_1"}""" },
        { typeof(MessageUpdated), $$$$$"""{"sessionID":"ses_1","info":{{{{{LeastAssistant}}}}}}""" },
        { typeof(MessageRemoved), """{"sessionID":"ses_1","messageID":"msg_1"}""" },
        { typeof(PartUpdated), $$$$$"""{"sessionID":"ses_1","part":{{{{{{Place}}}}},"type":"text","text":"hi"},"time":7}""" },
        { typeof(PartDelta), """{"sessionID":"ses_1","messageID":"msg_1","partID":"prt_1","field":"text","delta":"<\u00e4>"}""" },
        { typeof(PartRemoved), """{"sessionID":"ses_1","messageID":"msg_1","partID":"prt_1"}""" },
        { typeof(PermissionReplied), """{"sessionID":"ses_1","requestID":"per_1","reply":"once"}""" },
        { typeof(QuestionReplied), """{"sessionID":"ses_1","requestID":"que_1","answers":[["Red"]]}""" },
        { typeof(QuestionRejected), """{"sessionID":"ses_1","requestID":"que_1"}""" },
        { typeof(ServerConnected), "{}" },
        { typeof(ServerHeartbeat), "{}" },
        { typeof(InstanceDisposed), """{"directory":"/d"}""" },
        { typeof(GlobalDisposed), "{}" },
        { typeof(ToastShown), """{"message":"m","variant":"warning","duration":8000}""" },
        { typeof(FileEdited), """{"file":"/d/a"}""" },
        { typeof(HubGap), """{"reason":"window","from":"aaaaaaaa.1-1","to":"aaaaaaaa.1-9"}""" },
        { typeof(HubGap), """{"reason":"damaged","to":"aaaaaaaa.1-9"}""" },
        { typeof(NamedError), """{"name":"BadRequest","data":{"message":"m","kind":"Payload","ref":"r","freeBytes":1,"neededBytes":2}}""" },
        { typeof(RequestNotFoundError), """{"_tag":"PermissionNotFoundError","requestID":"per_1","message":"m"}""" },
        { typeof(SessionBusyError), """{"_tag":"SessionBusyError","sessionID":"ses_1","message":"m"}""" },
    };
}
